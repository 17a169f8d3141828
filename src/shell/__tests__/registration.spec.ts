import { registerWorker } from '../registration';

const place = { base: '/demo/', site: 'https://example.org/demo/' };

class Worker extends EventTarget {
  readonly state = 'activated';
  constructor(readonly scriptURL: string) {
    super();
  }
}

/** What was registered, where `found` already is. */
async function registered(found?: {
  script: string;
  scope: string;
}): Promise<string[]> {
  const urls: string[] = [];
  const registration = (url: string, scope: string) => ({
    scope,
    active: new Worker(url),
    waiting: null,
    installing: null
  });
  const container = {
    getRegistration: () =>
      Promise.resolve(found && registration(found.script, found.scope)),
    register: (url: string, { scope }: { scope: string }) => {
      urls.push(url);
      return Promise.resolve(registration(url, scope));
    }
  };
  await registerWorker(place, container as unknown as ServiceWorkerContainer);
  return urls;
}

const OURS = `${place.site}service-worker.js?enableCache=false`;

it('registers the URL that JupyterLite does', async () => {
  expect(await registered()).toEqual([OURS]);
});

it('keeps the worker of the site, whatever its query', async () => {
  const script = `${place.site}service-worker.js?enableCache=true`;
  expect(await registered({ script, scope: place.site })).toEqual([]);
});

it.each([
  [`${place.site}other.js`, place.site],
  ['https://example.org/service-worker.js', 'https://example.org/']
])('does not take %s for the worker of the site', async (script, scope) => {
  expect(await registered({ script, scope })).toEqual([OURS]);
});

describe('a refused registration', () => {
  const refusing = (name: string) => ({
    getRegistration: () => Promise.resolve(undefined),
    register: () => Promise.reject(new DOMException('', name))
  });

  it.each([
    ['SecurityError', 200, 'text/javascript', 'allows no service worker'],
    ['SecurityError', 200, 'text/html', 'could not be loaded from /demo/'],
    ['SecurityError', 404, 'text/javascript', 'could not be loaded from'],
    ['AbortError', 200, 'text/javascript', 'could not be loaded from']
  ])('%s, where the host sends %i %s', async (name, status, type, sentence) => {
    const headers = { 'content-type': type };
    const load = async () => new Response('', { status, headers });
    await expect(registerWorker(place, refusing(name), load)).rejects.toThrow(
      sentence
    );
  });

  it('is one of the network where nothing can be requested', async () => {
    const load = () => Promise.reject(new TypeError());
    await expect(
      registerWorker(place, refusing('SecurityError'), load)
    ).rejects.toThrow('could not be loaded from');
  });
});
