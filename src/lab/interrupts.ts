import { Notification, type ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  serviceUrl,
  type IInterrupted,
  type IStatus,
  type Service
} from '../services';
import { offerRestart } from './offerRestart';
import { siteUrl } from './site';
import type { IApp } from './tokens';

/** Milliseconds between two questions whether an interrupt had an effect. */
const PERIOD = 1000;

/** How often in a row a kernel must be found busy with what cannot be interrupted. */
const PATIENCE = 3;

/** How often in a row the worker must have no answer before we take it for gone. */
const SILENCE = 30;

/** The apps whose kernels are being interrupted, by name. */
const interrupted = new Set<string>();

/**
 * Make a kernel end what it runs: a cell, or a request. If that has no effect, offer to
 * restart it.
 *
 * @param app - one that the kernel serves, through which it is reached
 * @param sessionContext - that of the kernel's notebook or console; null if it is closed
 * @returns a promise that resolves when the kernel knows or cannot be told now
 */
export async function endWork(
  { name }: Pick<IApp, 'name'>,
  sessionContext: ISessionContext | null,
  trans: TranslationBundle
): Promise<void> {
  if (!navigator.serviceWorker?.controller) {
    // The browser loads a page so if the Shift key is down.
    warn(
      trans.__(
        'This page was loaded without the service worker, so it cannot interrupt the kernel: reload the page.'
      )
    );
    return;
  }
  const heard = await interrupt(name);
  if (!interrupted.has(name)) {
    interrupted.add(name);
    void insist(name, sessionContext, heard, trans).finally(() =>
      interrupted.delete(name)
    );
  }
}

/** Interrupt the kernel until it hears; say if it does not end, or the worker is gone. */
async function insist(
  name: string,
  sessionContext: ISessionContext | null,
  heard: boolean,
  trans: TranslationBundle
): Promise<void> {
  let attempts = 0;
  let unanswered = 0;
  let withdraw: (() => void) | null = null;
  while (unanswered < SILENCE) {
    await new Promise(resolve => setTimeout(resolve, PERIOD));
    const status = await ask<IStatus>('status', name);
    if (status?.busy === false) {
      break;
    }
    unanswered = status === null ? unanswered + 1 : 0;
    attempts = status?.stoppable === false ? attempts + 1 : 0;
    if (status && !withdraw && (status.stuck || attempts === PATIENCE)) {
      withdraw = offerRestart(sessionContext, status.sentence, trans);
    }
    heard ||= await interrupt(name);
  }
  withdraw?.();
  if (unanswered === SILENCE) {
    warn(
      trans.__(
        'The service worker no longer answers, so this page cannot interrupt the kernel: reload the page.'
      )
    );
  }
}

function warn(sentence: string): void {
  Notification.warning(sentence, { autoClose: false });
}

/** Returns whether the kernel hears of the interrupt. */
async function interrupt(name: string): Promise<boolean> {
  return (await ask<IInterrupted>('interrupt', name))?.heard === true;
}

/** The answer of the worker; null if it has none, as it is being replaced or is gone. */
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
