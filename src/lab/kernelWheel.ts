/** How a kernel comes by the Python half: the wheel that this extension carries. */

import { PageConfig, URLExt } from '@jupyterlab/coreutils';

import { wheel } from '../_version';
import { PACKAGE } from '../protocol';

/** The plugin whose settings say how a Pyodide kernel starts. */
const KERNEL_PLUGIN = '@jupyterlite/pyodide-kernel-extension:kernel';

/** The environment variable by which the kernel learns the site's URL. */
const BASE_URL_VARIABLE = 'JUPYTERLITE_ASGI_BASE_URL';

interface IPyodideOptions {
  packages?: string[];
  env?: Record<string, string>;
}

interface IKernelSettings {
  loadPyodideOptions?: IPyodideOptions;
}

/**
 * Add the wheel to what each Pyodide kernel loads when it starts.
 *
 * It must run before plugins are activated, for the kernel's plugin reads its
 * settings then. A wheel that cannot be had is reported by Pyodide, and the
 * kernel starts without it. In an ordinary JupyterLab nothing is changed.
 */
export function provideKernelWheel(): void {
  if (!isJupyterLite()) {
    return;
  }
  const settings = JSON.parse(
    PageConfig.getOption('litePluginSettings') || '{}'
  ) as Record<string, IKernelSettings>;
  const kernel = (settings[KERNEL_PLUGIN] ??= {});
  const options = (kernel.loadPyodideOptions ??= {});
  options.packages = [...(options.packages ?? []), wheelUrl()];
  options.env = { ...options.env, [BASE_URL_VARIABLE]: siteUrl() };
  PageConfig.setOption('litePluginSettings', JSON.stringify(settings));
}

/** Whether this page is one of a JupyterLite site, which marks its configuration so. */
export function isJupyterLite(): boolean {
  const config = document.getElementById('jupyter-config-data');
  return config?.dataset.jupyterLiteRoot !== undefined;
}

function wheelUrl(): string {
  const extensions = PageConfig.getOption('fullLabextensionsUrl');
  return new URL(
    URLExt.join(extensions, PACKAGE, 'static', 'pypi', wheel),
    siteUrl()
  ).href;
}

/** The URL of the site, with a slash at its end. */
export function siteUrl(): string {
  // eslint-disable-next-line jupyter/no-pageconfig-base-url -- no app yet, so no settings
  return new URL(PageConfig.getBaseUrl(), location.href).href;
}
