import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { serviceUrl, type IInterrupted, type IStatus } from '../services';
import { siteUrl } from './site';
import type { IApp } from './tokens';

/** Milliseconds between two questions whether an interrupt had an effect. */
const PERIOD = 1000;

/**
 * Make `kernel` end what it runs: a cell, or a request.
 *
 * @param app - one that the kernel serves, through which it is reached
 */
export async function endWork(
  kernel: Kernel.IKernelConnection,
  { name }: IApp,
  trans: TranslationBundle
): Promise<void> {
  const { heard } = await ask<IInterrupted>(
    serviceUrl('interrupt', name),
    'POST'
  );
  let status: IStatus;
  do {
    await new Promise(resolve => setTimeout(resolve, PERIOD));
    status = await ask<IStatus>(serviceUrl('status', name));
  } while (heard && status.busy && status.stoppable);
  if (status.busy) {
    offerRestart(kernel, status.sentence, trans);
  }
}

/** Say what is wrong with `kernel`, with a button that restarts it. */
export function offerRestart(
  kernel: Kernel.IKernelConnection,
  sentence: string,
  trans: TranslationBundle
): void {
  Notification.warning(sentence, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Restart the kernel'),
        callback: () => void kernel.restart()
      }
    ]
  });
}

async function ask<Answer>(path: string, method = 'GET'): Promise<Answer> {
  const response = await fetch(siteUrl() + path, { method });
  return (await response.json()) as Answer;
}
