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
  /** What this page is doing. */
  const doing: Record<Remedy, Map<ISessionContext, Promise<void>>> = {
    run: new Map(),
    restart: new Map()
  };
  const channel = new BroadcastChannel(
    remedyChannel(new URL(siteUrl()).pathname)
  );
  const say = (message: IOffer) => channel.postMessage(message);
  channel.onmessage = ({ data }) => {
    const message = data as RemedyMessage;
    const { app: name, remedy } = message;
    const app = manager.apps.find(
      app => app.name === name && app.state !== 'taken' // the page that has taken it helps
    );
    const owner = app ? findOwner(app) : null;
    if (message.type === 'ask') {
      if (owner && (helps(owner, remedy) || isHelping(owner, remedy))) {
        say({ type: 'offer', app: name, remedy, lab });
      }
    } else if (message.type === 'accept' && message.lab === lab) {
      void start(app, owner, remedy).finally(() =>
        say({ ...message, type: 'done' })
      );
    }
  };

  const isHelping = ({ sessionContext }: IOwner, remedy: Remedy) =>
    doing[remedy].has(sessionContext);

  /** Do what was accepted, unless it is being done, or cannot be done any more. */
  async function start(
    app: IApp | undefined,
    owner: IOwner | null,
    remedy: Remedy
  ): Promise<void> {
    if (!app || !owner) {
      return;
    }
    const { sessionContext } = owner;
    if (helps(owner, remedy) && !isHelping(owner, remedy)) {
      // A kernel that has just failed has not said that the app stopped.
      const isDead = (kernel: Kernel.IKernelConnection) =>
        app.state === 'running' || hasFailed(kernel);
      const done = help(owner, remedy, isDead)
        .catch(() => undefined) // JupyterLab shows why a kernel does not start
        .finally(() => doing[remedy].delete(sessionContext));
      doing[remedy].set(sessionContext, done);
    }
    await doing[remedy].get(sessionContext);
  }
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
