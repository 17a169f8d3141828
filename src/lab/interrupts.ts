import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  serviceUrl,
  type IInterrupted,
  type IStatus,
  type Service
} from '../services';
import { siteUrl } from './site';
import type { IApp } from './tokens';

/** Milliseconds between two questions whether an interrupt had an effect. */
const PERIOD = 1000;

/** How often in a row a kernel must be found busy with what cannot be interrupted. */
const PATIENCE = 3;

/** The apps whose kernels are being interrupted, by name. */
const interrupted = new Set<string>();

/**
 * Make `kernel` end what it runs: a cell, or a request. If that has no effect, offer to
 * restart the kernel.
 *
 * @param app - one that the kernel serves, through which it is reached
 * @returns a promise that resolves when the kernel knows or cannot be told now
 */
export async function endWork(
  kernel: Kernel.IKernelConnection,
  { name }: Pick<IApp, 'name'>,
  trans: TranslationBundle
): Promise<void> {
  if (!navigator.serviceWorker?.controller) {
    // The browser loads a page so if the Shift key is down.
    Notification.warning(
      trans.__(
        'This page was loaded without the service worker, so it cannot interrupt the kernel: reload the page.'
      ),
      { autoClose: false }
    );
    return;
  }
  const heard = await interrupt(name);
  if (!interrupted.has(name)) {
    interrupted.add(name);
    void insist(kernel, name, heard, trans).finally(() =>
      interrupted.delete(name)
    );
  }
}

/** Interrupt the kernel until it hears; say if it does not end. */
async function insist(
  kernel: Kernel.IKernelConnection,
  name: string,
  heard: boolean,
  trans: TranslationBundle
): Promise<void> {
  let attempts = 0;
  let notice = '';
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, PERIOD));
    const status = await ask<IStatus>('status', name);
    if (status?.busy === false) {
      break;
    }
    attempts = status?.stoppable === false ? attempts + 1 : 0;
    if (status && notice === '' && (status.stuck || attempts === PATIENCE)) {
      notice = offerRestart(kernel, status.sentence, trans);
    }
    heard ||= await interrupt(name);
  }
  if (notice !== '') {
    Notification.dismiss(notice);
  }
}

/**
 * Say what is wrong with `kernel`, with a button that restarts it.
 *
 * @returns the id of the notification
 */
export function offerRestart(
  kernel: Kernel.IKernelConnection,
  sentence: string,
  trans: TranslationBundle
): string {
  return Notification.warning(sentence, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Restart the kernel'),
        callback: () => void kernel.restart()
      }
    ]
  });
}

/** Returns whether the kernel hears of the interrupt. */
async function interrupt(name: string): Promise<boolean> {
  return (await ask<IInterrupted>('interrupt', name))?.heard === true;
}

/** The answer of the worker; null if it has none, because it is being replaced. */
async function ask<Answer>(
  service: Service,
  name: string
): Promise<Answer | null> {
  const method = service === 'interrupt' ? 'POST' : 'GET';
  try {
    const url = siteUrl() + serviceUrl(service, name);
    const response = await fetch(url, { method });
    return (await response.json()) as Answer;
  } catch {
    return null;
  }
}
