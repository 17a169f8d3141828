/** Installs our Python package, a wheel in this extension, in each kernel. */

import { PageConfig, URLExt } from '@jupyterlab/coreutils';

import { wheel } from '../_version';
import { PACKAGE } from '../protocol';
import { changeSettings } from './kernelSettings';
import { isJupyterLite, siteUrl } from './site';

/** The environment variable that passes the site's URL to the kernel. */
const BASE_URL_VARIABLE = 'JUPYTERLITE_ASGI_BASE_URL';

/**
 * Make every Pyodide kernel load the wheel when it starts.
 *
 * Call this before plugins are activated, because that is when the kernel's plugin
 * reads its settings. If the wheel cannot be loaded, Pyodide reports it and the
 * kernel starts without it. Does nothing in an ordinary JupyterLab.
 */
export function provideKernelWheel(): void {
  if (!isJupyterLite()) {
    return;
  }
  changeSettings(settings => {
    const options = (settings.loadPyodideOptions ??= {});
    options.packages = [...(options.packages ?? []), wheelUrl()];
    options.env = { ...options.env, [BASE_URL_VARIABLE]: siteUrl() };
  });
}

function wheelUrl(): string {
  const extensions = PageConfig.getOption('fullLabextensionsUrl');
  return new URL(
    URLExt.join(extensions, PACKAGE, 'static', 'pypi', wheel),
    siteUrl()
  ).href;
}
