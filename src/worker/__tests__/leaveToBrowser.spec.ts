import { leaveToBrowser } from '../leaveToBrowser';

const SITE = 'https://example.org/demo/';

/** Whether JupyterLite's listener does not see the request. */
function isKept(path: string, query = ''): boolean {
  const location = { href: `${SITE}service-worker.js${query}` };
  Object.assign(globalThis, { self: { location } });
  const stopImmediatePropagation = jest.fn();
  const request = { url: new URL(path, SITE).href };
  leaveToBrowser({
    request,
    stopImmediatePropagation
  } as unknown as FetchEvent);
  return stopImmediatePropagation.mock.calls.length === 1;
}

it.each(['static/pyodide/pyodide.asm.wasm', 'https://elsewhere.org/a.js'])(
  'leaves a file to the browser: %s',
  path => {
    expect(isKept(path)).toBe(true);
    expect(isKept(path, '?enableCache=false')).toBe(true);
  }
);

it.each([
  '/api/service-worker-heartbeat',
  'api/drive',
  'api/stdin/kernel',
  'https://elsewhere.org/api/a.js'
])('leaves to JupyterLite what it handles: %s', path => {
  expect(isKept(path)).toBe(false);
});

it('leaves all to a worker that keeps a cache', () => {
  expect(isKept('static/a.js', '?enableCache=true')).toBe(false);
});
