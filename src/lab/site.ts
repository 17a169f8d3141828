import { PageConfig } from '@jupyterlab/coreutils';

/** Whether this page belongs to a JupyterLite site, recognized by its configuration. */
export function isJupyterLite(): boolean {
  const config = document.getElementById('jupyter-config-data');
  return config?.dataset.jupyterLiteRoot !== undefined;
}

/** The URL of the site, ending with a slash. */
export function siteUrl(): string {
  // eslint-disable-next-line jupyter/no-pageconfig-base-url -- no app yet, so no settings
  return new URL(PageConfig.getBaseUrl(), location.href).href;
}
