/** The functions of `jupyterlite_asgi.published`, in the Python that was started. */

import type { IUse } from '../published';
import type { IPyodide } from './emscripten';
import { Failure } from './failure';

interface IPublished {
  load(config: string): Promise<string>;
  serve(base: string, onLoss: () => void): Promise<string>;
  renew(folder: string, language: string): void;
  use(): string;
  destroy(): void;
}

/** Import the app; see `load()` in `published.py`. @throws Failure */
export function load(
  pyodide: IPyodide,
  app: Readonly<Record<string, unknown>>
): Promise<void> {
  return call(pyodide, published => published.load(JSON.stringify(app)));
}

/** Serve the app on the site at `base`; see `serve()` in `published.py`. @throws Failure */
export function serve(
  pyodide: IPyodide,
  base: string,
  onLoss: () => void
): Promise<void> {
  return call(pyodide, published => published.serve(base, onLoss));
}

/** Renew what a snapshot holds; see `renew()` in `published.py`. */
export function renew(pyodide: IPyodide, folder: string): void {
  // As Emscripten sets it when Python starts.
  const { language = 'C' } = globalThis.navigator ?? {};
  const locale = `${language.replace('-', '_')}.UTF-8`;
  callNow(pyodide, published => published.renew(folder, locale));
}

/** How the app that is served is used. */
export function useOf(pyodide: IPyodide): Omit<IUse, 'type'> {
  const use = callNow(pyodide, published => published.use());
  return JSON.parse(use) as Omit<IUse, 'type'>;
}

function callNow<Result>(
  pyodide: IPyodide,
  run: (published: IPublished) => Result
): Result {
  const published = pyodide.pyimport(MODULE) as IPublished;
  try {
    return run(published);
  } finally {
    published.destroy();
  }
}

async function call(
  pyodide: IPyodide,
  run: (published: IPublished) => Promise<string>
): Promise<void> {
  const published = pyodide.pyimport(MODULE) as IPublished;
  try {
    const fault = await run(published);
    if (fault !== '') {
      const { sentence, detail } = JSON.parse(fault) as Record<string, string>;
      throw new Failure(sentence ?? '', detail);
    }
  } finally {
    published.destroy();
  }
}

const MODULE = 'jupyterlite_asgi.published';
