/** The settings of JupyterLite's Pyodide kernel in this site. */

import { PageConfig, URLExt } from '@jupyterlab/coreutils';

/** The plugin that has them. */
const PLUGIN = '@jupyterlite/pyodide-kernel-extension:kernel';

/** The name of the Pyodide kernelspec. */
export const PYODIDE = 'python';

/** Where the kernel loads Pyodide from by default; its version is that of the newest kernel. */
const CDN = 'https://cdn.jsdelivr.net/pyodide/v314.0.6/full/pyodide.mjs';

export interface IKernelSettings {
  loadPyodideOptions?: { packages?: string[]; env?: Record<string, string> };
  pyodideUrl?: string;
}

/** Change the settings; has no effect once the plugin is activated. */
export function changeSettings(
  change: (settings: IKernelSettings) => void
): void {
  const all = readAll();
  change((all[PLUGIN] ??= {}));
  PageConfig.setOption('litePluginSettings', JSON.stringify(all));
}

/** The URL of Pyodide's script. */
export function pyodideUrl(): string {
  return URLExt.parse(readAll()[PLUGIN]?.pyodideUrl || CDN).href;
}

function readAll(): Record<string, IKernelSettings> {
  return JSON.parse(
    PageConfig.getOption('litePluginSettings') || '{}'
  ) as Record<string, IKernelSettings>;
}
