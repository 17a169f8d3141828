import type { FromKernel, FromWorker, Unsent } from '../../protocol';
import { appLock, VERSION } from '../../protocol';
import type { IInterrupted, IStatus, Service } from '../../services';
import { busyKernels, DEAF, type IReport } from '../kernel/busyKernels';
import type { Exchange } from '../request/exchange';
import { openChannel, openExchanges } from '../request/openExchanges';
import { serve } from '../services';
import { report } from './busy';
import { Kernel, locks, SITE, useSite } from './site';

useSite();

/** Request a service for the app `shop`. */
function request(service: Service, method = 'GET', data?: object) {
  const init = { method, body: data && JSON.stringify(data) };
  return serve(service, 'shop', new Request(SITE, init), '/demo/');
}

async function read<T>(response: Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

/** A kernel that has received one message; `say` replies to that. */
function reached() {
  const kernel = new Kernel('shop', null);
  return async () => {
    await kernel.until(1);
    const received = kernel.received[0] as FromWorker & { reply: string };
    const say = (message: Unsent<FromKernel>) => {
      const channel = new BroadcastChannel(received.reply);
      channel.postMessage({ v: VERSION, id: received.id, ...message });
      channel.close();
    };
    return { received, say };
  };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  jest.useRealTimers();
  openExchanges.clear();
});

it.each<[Service, string]>([
  ['busy', 'GET'],
  ['interrupt', 'GET'],
  ['interrupt', 'HEAD']
])('%s refuses %s', async (service, method) => {
  const { status, headers } = await request(service, method);
  expect([status, headers.get('allow')]).toEqual([405, 'POST']);
});

it.each<Service>(['busy', 'interrupt'])('%s refuses forms', async service => {
  const form = { method: 'POST', mode: 'navigate' } as Request;
  expect((await serve(service, 'shop', form, '/demo/')).status).toBe(403);
});

describe('busy', () => {
  const post = (fields: Partial<IReport> = {}, what = '') =>
    read<object>(request('busy', 'POST', report(fields, what)));

  it('notes the report', async () => {
    await post({}, 'GET /noted');
    expect(busyKernels.reportOf('shop')?.title).toBe('GET /noted');
  });

  it('says what the user interrupts', async () => {
    const heard = busyKernels.interrupt('shop', 'one');
    expect(await post()).toEqual({ interrupts: ['one'], gone: '' });
    expect(await post({ heard: { one: 'A cell' } })).toMatchObject({
      interrupts: []
    });
    expect(await heard).toBe('A cell');
  });

  it('says whether the client of our exchange is gone', async () => {
    const worker = (await openChannel('/demo/')).name;
    expect(await post({ id: 'one', worker })).toMatchObject({ gone: 'client' });
    openExchanges.add({ id: 'one' } as unknown as Exchange);
    expect(await post({ id: 'one', worker })).toMatchObject({ gone: '' });
  });

  it('says whether the instance that sent the request is gone', async () => {
    const one = { id: 'one', worker: 'another instance' };
    expect(await post(one)).toMatchObject({ gone: 'worker' });
    locks.hold('another instance', 'its client');
    expect(await post(one)).toMatchObject({ gone: '' });
    locks.release('another instance', 'its client');
    for (const name of ['another instance', appLock('/demo/', 'shop')]) {
      locks.hold(name, 'the kernel, which has waited for it');
    }
    expect(await post(one)).toMatchObject({ gone: 'worker' });
    locks.held = [];
  });
});

describe('status', () => {
  const status = () => read<IStatus>(request('status'));

  it('says that nobody is busy if the app is not served', async () => {
    expect(await status()).toEqual({
      busy: false,
      sentence: '',
      stoppable: false,
      stuck: false
    });
  });

  it('says that a kernel is free if it replies', async () => {
    const message = reached();
    const answer = status();
    (await message()).say({ type: 'pong', running: false });
    expect((await answer).busy).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    [
      'says nothing',
      2000,
      null,
      { sentence: 'cannot be interrupted', stoppable: false }
    ],
    [
      'has just said what it does',
      500,
      { stuck: false },
      { sentence: 'Cell In[3], line 7', stoppable: true }
    ],
    [
      'does not stop',
      500,
      { stuck: true },
      { sentence: 'does not stop', stoppable: false }
    ]
  ])(
    'says that a kernel is busy which %s',
    async (_, patience, fields, { sentence, stoppable }) => {
      jest.advanceTimersByTime(10_000); // an earlier report is old now
      if (fields !== null) {
        busyKernels.note(report(fields));
      }
      const message = reached();
      const answer = status();
      await message();
      jest.advanceTimersByTime(patience - 1);
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1);
      expect(await answer).toEqual({
        busy: true,
        sentence: expect.stringContaining(sentence) as string,
        stoppable,
        stuck: fields?.stuck ?? false
      });
    }
  );

  it('of a HEAD has no body', async () => {
    expect((await request('status', 'HEAD')).body).toBeNull();
  });
});

describe('interrupt', () => {
  const post = () => read<IInterrupted>(request('interrupt', 'POST'));

  it('tells a kernel that is free, and what that interrupts', async () => {
    const message = reached();
    const answer = post();
    const { received, say } = await message();
    expect(received).toMatchObject({
      type: 'interrupt',
      until: Date.now() + DEAF
    });
    say({ type: 'interrupted', what: 'GET /wait' });
    expect(await answer).toEqual({ heard: true, what: 'GET /wait' });
  });

  it('tells a kernel that is busy', async () => {
    const message = reached();
    const answer = post();
    const { received } = await message();
    busyKernels.note(report({ heard: { [received.id]: 'A cell' } }));
    expect(await answer).toEqual({ heard: true, what: 'A cell' });
  });

  it('says if no kernel hears', async () => {
    const message = reached();
    const answer = post();
    await message();
    jest.advanceTimersByTime(DEAF);
    expect(await answer).toEqual({ heard: false, what: '' });
  });
});
