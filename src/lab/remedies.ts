import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

import {
  remedyChannel,
  type IOffer,
  type Remedy,
  type RemedyMessage
} from '../remedy';
import { siteUrl } from './site';
import type { IApp, IAppManager } from './tokens';

/** What serves an app: a notebook or a console. */
export interface IOwner {
  readonly sessionContext: ISessionContext;
  /** Run all cells of the notebook; null if it is a console. */
  readonly runAll: (() => Promise<unknown>) | null;
}

/** Help the readers of pages that wait for an app: run its notebook, or restart its kernel. */
export function offerRemedies(
  manager: IAppManager,
  findOwner: (app: IApp) => IOwner | null,
  hasFailed: (kernel: Kernel.IKernelConnection) => boolean
): void {
  const lab = crypto.randomUUID();
  /** What was accepted last: one thing is done after another. */
  let helping: Promise<unknown> = Promise.resolve();
  const channel = new BroadcastChannel(
    remedyChannel(new URL(siteUrl()).pathname)
  );
  const say = (message: IOffer) => channel.postMessage(message);
  channel.onmessage = ({ data }) => {
    const message = data as RemedyMessage;
    const { app: name, remedy } = message;
    const app = manager.apps.find(app => app.name === name);
    const owner = app ? findOwner(app) : null;
    if (!app || owner === null || !helps(owner, remedy)) {
      return;
    }
    if (message.type === 'ask') {
      say({ type: 'offer', app: name, remedy, lab });
    } else if (message.type === 'accept' && message.lab === lab) {
      // A kernel that has just failed has not said that the app stopped.
      const isDead = (kernel: Kernel.IKernelConnection) =>
        app.state === 'running' || hasFailed(kernel);
      helping = helping
        .then(() => help(owner, remedy, isDead))
        .catch(() => undefined) // JupyterLab shows why a kernel does not start
        .finally(() => say({ ...message, type: 'done' }));
    }
  };
}

function helps({ sessionContext, runAll }: IOwner, remedy: Remedy): boolean {
  const { isRestarting, session } = sessionContext;
  // Cells that are run during a restart are lost.
  const isBetween = isRestarting || session?.kernel?.status === 'restarting';
  return remedy === 'restart' || (runAll !== null && !isBetween);
}

async function help(
  { sessionContext, runAll }: IOwner,
  remedy: Remedy,
  isDead: (kernel: Kernel.IKernelConnection) => boolean
): Promise<void> {
  const kernel = sessionContext.session?.kernel;
  if (!kernel) {
    await sessionContext.changeKernel({ name: sessionContext.prevKernelName });
  } else if (remedy === 'restart' || isDead(kernel)) {
    await sessionContext.restartKernel();
  }
  if (remedy === 'run') {
    await runAll?.();
  }
}
