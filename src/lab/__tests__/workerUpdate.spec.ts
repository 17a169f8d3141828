import type { JupyterFrontEnd } from '@jupyterlab/application';

import { version } from '../../_version';
import { updateWorker, workerUpdate } from '../workerUpdate';
import { isJupyterLite, siteUrl } from '../site';

jest.mock('../site', () => ({
  isJupyterLite: jest.fn(),
  siteUrl: () => 'https://example.org/demo/'
}));

/** The site's registration, and the container that finds it. */
class FakeRegistration {
  readonly active = { postMessage: jest.fn() };

  /** @param update - looks for a newer worker */
  constructor(readonly update = jest.fn(async () => undefined)) {}

  get container() {
    return {
      getRegistration: async (url: string) =>
        url === siteUrl()
          ? (this as unknown as ServiceWorkerRegistration)
          : undefined
    };
  }
}

/** Set the response to a request for the worker's version. */
function answer(respond: () => Promise<Response>): void {
  jest.spyOn(globalThis, 'fetch').mockImplementation(respond);
}

beforeEach(() => {
  answer(async () => Response.json({ version: '0.0.1' }));
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('updateWorker', () => {
  it('makes the browser look for a newer worker, and nothing else', async () => {
    const registration = new FakeRegistration();
    await updateWorker(registration.container);
    expect(registration.update).toHaveBeenCalledTimes(1);
    expect(registration.active.postMessage).not.toHaveBeenCalled();
  });

  it('leaves a worker of our own version alone', async () => {
    answer(async () => Response.json({ version }));
    const registration = new FakeRegistration();
    await updateWorker(registration.container);
    expect(fetch).toHaveBeenCalledWith(`${siteUrl()}asgi/-/version`);
    expect(registration.update).not.toHaveBeenCalled();
  });

  it.each<[string, () => Promise<Response>]>([
    ['responds without a version', async () => Response.json({})],
    ['is not ours', async () => new Response('<h1>Not found</h1>')],
    ['cannot be reached', () => Promise.reject(new TypeError('network'))]
  ])('looks for a newer one if the worker %s', async (_, respond) => {
    answer(respond);
    const registration = new FakeRegistration();
    await updateWorker(registration.container);
    expect(registration.update).toHaveBeenCalledTimes(1);
  });

  it('does nothing if no worker is registered', async () => {
    await updateWorker({ getRegistration: async () => undefined });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('the plugin', () => {
  /** Activate the plugin with this way to find the worker; resolves when it is done. */
  async function activate(
    getRegistration: ServiceWorkerContainer['getRegistration'],
    { lite = true, restored = Promise.resolve() } = {}
  ): Promise<void> {
    Object.defineProperty(globalThis, 'navigator', {
      value: { serviceWorker: { getRegistration } },
      configurable: true
    });
    jest.mocked(isJupyterLite).mockReturnValue(lite);
    await workerUpdate.activate({ restored } as JupyterFrontEnd);
    await new Promise(resolve => setImmediate(resolve));
  }

  it('looks for a worker once the page is restored', async () => {
    const { container, update } = new FakeRegistration();
    await activate(container.getRegistration);
    expect(update).toHaveBeenCalledTimes(1);
  });

  it('does nothing before that', async () => {
    const getRegistration = jest.fn();
    await activate(getRegistration, { restored: new Promise(() => undefined) });
    expect(getRegistration).not.toHaveBeenCalled();
  });

  it('does nothing in an ordinary JupyterLab', async () => {
    const getRegistration = jest.fn();
    await activate(getRegistration, { lite: false });
    expect(getRegistration).not.toHaveBeenCalled();
  });

  it('ignores that the site is offline', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const update = jest.fn().mockRejectedValue(new TypeError('network'));
    await activate(new FakeRegistration(update).container.getRegistration);
    process.off('unhandledRejection', unhandled);
    expect(update).toHaveBeenCalledTimes(1);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
