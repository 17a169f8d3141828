/** The worker's own services, at `<site>/asgi/-/`. */

import { appLock, VERSION } from '../protocol';
import type { IInterrupted, IStatus, Service } from '../services';
import {
  busyKernels,
  busyStatus,
  DEAF,
  type IReport
} from './kernel/busyKernels';
import type { KernelChannel } from './kernel/kernelChannel';
import { heldLocks } from './kernel/locks';
import { PATIENCE } from './request/exchange';
import { openChannel, openExchanges } from './request/openExchanges';
import { servedApps } from './routing/appDirectory';
import { json, reply, versionPage } from './workerPages';

/** Milliseconds in which a kernel that has stopped reporting replies to a ping. */
const PONG_TIMEOUT = 500;

/**
 * Respond to a request for `service`, which concerns `app` on the site at `base`.
 *
 * - `version` identifies the worker.
 * - `busy`: a kernel that is busy posts an `IReport`, and hears of `interrupts` and who
 *   of the running exchange is `gone`: its `client`, or the `worker` that it belongs to.
 * - `status` says whether the kernel is busy, and with what.
 * - `interrupt`: a page posts that the user interrupts the kernel.
 */
export async function serve(
  service: Service,
  app: string,
  request: Request,
  base: string
): Promise<Response> {
  const kernels = await openChannel(base);
  const posts = service === 'busy' || service === 'interrupt';
  if (posts && request.method !== 'POST') {
    return new Response(null, { status: 405, headers: { allow: 'POST' } });
  }
  if (posts && request.mode === 'navigate') {
    return new Response(null, { status: 403 }); // a form, maybe of another site
  }
  switch (service) {
    case 'version':
      return reply(versionPage(kernels.dropped, openExchanges.size), request);
    case 'busy':
      return json(
        await answer((await request.json()) as IReport, base, kernels)
      );
    case 'status':
      return reply(json(await statusOf(app, base, kernels)), request);
    case 'interrupt':
      return json(await interrupt(app, kernels));
  }
}

async function answer(report: IReport, base: string, kernels: KernelChannel) {
  const interrupts = busyKernels.note(report);
  return { interrupts, gone: await whoIsGone(report, base, kernels) };
}

async function whoIsGone(
  { apps, id, worker }: IReport,
  base: string,
  kernels: KernelChannel
): Promise<'client' | 'worker' | ''> {
  if (id === '') {
    return '';
  }
  if (worker === kernels.name) {
    return [...openExchanges].some(each => each.id === id) ? '' : 'client';
  }
  const locks = await heldLocks();
  const holderOf = (lock: string) =>
    locks.find(({ name }) => name === lock)?.clientId;
  // The kernel waits for the lock, and has it when the instance is gone.
  const holder = holderOf(worker);
  return holder === undefined || holder === holderOf(appLock(base, apps[0]!))
    ? 'worker'
    : '';
}

async function statusOf(
  app: string,
  base: string,
  kernels: KernelChannel
): Promise<IStatus> {
  const served = (await servedApps(base)).some(({ name }) => name === app);
  // A kernel that answers many requests replies when it has begun them.
  const patience = busyKernels.reportOf(app) ? PONG_TIMEOUT : PATIENCE;
  if (!served || (await isFree(app, kernels, patience))) {
    return { busy: false, sentence: '', stoppable: false, stuck: false };
  }
  return busyStatus(app);
}

/** Whether the kernel of `app` replies within so many milliseconds. */
function isFree(
  app: string,
  kernels: KernelChannel,
  patience: number
): Promise<boolean> {
  return new Promise(resolve => {
    const id = crypto.randomUUID();
    const end = (free: boolean) => {
      clearTimeout(timer);
      channel.close();
      resolve(free);
    };
    const timer = setTimeout(() => end(false), patience);
    const channel = kernels.connect(app, id, () => end(true));
    channel.postMessage({
      v: VERSION,
      type: 'ping',
      id,
      reply: channel.name
    });
  });
}

/** Interrupt the kernel of `app`; see `BusyKernels.interrupt`. */
async function interrupt(
  app: string,
  kernels: KernelChannel
): Promise<IInterrupted> {
  const id = crypto.randomUUID();
  const heard = busyKernels.interrupt(app, id);
  const channel = kernels.connect(app, id, message => {
    if (message.type === 'interrupted') {
      busyKernels.heard(id, message.what);
    }
  });
  // A kernel that is free, or suspended, reads this.
  channel.postMessage({
    v: VERSION,
    type: 'interrupt',
    id,
    reply: channel.name,
    until: Date.now() + DEAF
  });
  const what = await heard;
  channel.close();
  return { heard: what !== null, what: what ?? '' };
}
