/**
 * The script of the page that a navigation gets while the app's kernel is busy, see
 * `worker/waitingPage.ts`: shows what keeps the kernel busy, and loads the page once it
 * is free.
 */

import { serviceUrl, type IStatus } from '../services';

/** Milliseconds between two questions. */
const PERIOD = 500;

const { base, app } = document.currentScript!.dataset as {
  base: string;
  app: string;
};
const sentence = document.getElementById('sentence')!;
const stop = document.getElementById('stop') as HTMLButtonElement;

stop.addEventListener('click', () => {
  stop.disabled = true;
  const url = base + serviceUrl('interrupt', app);
  void fetch(url, { method: 'POST' })
    .catch(() => undefined)
    .finally(() => {
      stop.disabled = false;
    });
});

async function follow(): Promise<void> {
  const status = await fetch(base + serviceUrl('status', app))
    .then(response => response.json() as Promise<IStatus>)
    .catch(() => null); // the worker is being replaced
  if (status?.busy === false) {
    location.reload();
    return;
  }
  if (status !== null) {
    sentence.textContent = status.sentence;
    stop.hidden = !status.stoppable;
  }
  setTimeout(() => void follow(), PERIOD);
}

void follow();
