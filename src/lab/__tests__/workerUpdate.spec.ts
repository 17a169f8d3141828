import type { JupyterFrontEnd } from '@jupyterlab/application';

import { version } from '../../_version';
import { bringUpToDate, workerUpdate } from '../workerUpdate';
import { isJupyterLite, siteUrl } from '../kernelWheel';

jest.mock('../kernelWheel', () => ({
  isJupyterLite: jest.fn(),
  siteUrl: () => 'https://example.org/demo/'
}));

/** The site's registration, and the container that it is found in. */
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

/** Let the site's worker answer so, when it is asked for its version. */
function answer(how: () => Promise<Response>): void {
  jest.spyOn(globalThis, 'fetch').mockImplementation(how);
}

beforeEach(() => {
  answer(async () => Response.json({ version: '0.0.1' }));
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('bringUpToDate', () => {
  it('lets the browser look for a newer worker, and no more', async () => {
    const registration = new FakeRegistration();
    await bringUpToDate(registration.container);
    expect(registration.update).toHaveBeenCalledTimes(1);
    expect(registration.active.postMessage).not.toHaveBeenCalled();
  });

  it('leaves a worker of our own version alone', async () => {
    answer(async () => Response.json({ version }));
    const registration = new FakeRegistration();
    await bringUpToDate(registration.container);
    expect(fetch).toHaveBeenCalledWith(`${siteUrl()}asgi/-/version`);
    expect(registration.update).not.toHaveBeenCalled();
  });

  it.each<[string, () => Promise<Response>]>([
    ['answers without a version', async () => Response.json({})],
    ['is none of ours', async () => new Response('<h1>Not found</h1>')],
    ['cannot be reached', () => Promise.reject(new TypeError('network'))]
  ])('looks for a newer one if the worker %s', async (_, how) => {
    answer(how);
    const registration = new FakeRegistration();
    await bringUpToDate(registration.container);
    expect(registration.update).toHaveBeenCalledTimes(1);
  });

  it('does nothing where no worker is registered', async () => {
    await bringUpToDate({ getRegistration: async () => undefined });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('the plugin', () => {
  /** Activate it in a page where the worker is found so; resolves when it is done. */
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

  it('does nothing before', async () => {
    const getRegistration = jest.fn();
    await activate(getRegistration, { restored: new Promise(() => undefined) });
    expect(getRegistration).not.toHaveBeenCalled();
  });

  it('does nothing in an ordinary JupyterLab', async () => {
    const getRegistration = jest.fn();
    await activate(getRegistration, { lite: false });
    expect(getRegistration).not.toHaveBeenCalled();
  });

  it('does not mind that the site is out of reach', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const update = jest.fn().mockRejectedValue(new TypeError('network'));
    await activate(new FakeRegistration(update).container.getRegistration);
    process.off('unhandledRejection', unhandled);
    expect(update).toHaveBeenCalledTimes(1);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
