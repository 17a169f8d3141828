/**
 * The script of the pages that load again by themselves, see `worker/waitingPage.ts`: when
 * the app's kernel is free, or when a kernel serves the app. Until then they show what
 * keeps the kernel busy, and a button that helps.
 */

import { appLock } from '../protocol';
import {
  remedyChannel,
  type IOffer,
  type Remedy,
  type RemedyMessage
} from '../remedy';
import { serviceUrl, type IStatus } from '../services';
import { heldLocks } from '../worker/kernel/locks';

/** Milliseconds between two questions. */
const PERIOD = 500;

/** How many questions a lab page has time to offer help, before the reader should open one. */
const PATIENCE = 3;

/** Milliseconds in which the lab loads its panel again when its kernel serves the app. */
const GRACE = 1000;

/** What the button says before it is clicked, and then. */
const LABELS: Readonly<Record<Remedy, readonly [string, string]>> = {
  run: ['Run its notebook again', 'Running its notebook…'],
  restart: [
    'Restart the kernel (its variables are lost)',
    'Restarting the kernel…'
  ]
};

const { base, app, until, holder } = document.currentScript!.dataset as Record<
  'base' | 'app' | 'until' | 'holder',
  string
>;
const find = (id: string) => document.getElementById(id);
const stop = find('stop') as HTMLButtonElement | null;
const button = find('remedy') as HTMLButtonElement;
const link = find('lab')!;

const isFramed = window !== window.parent;
const labs = new BroadcastChannel(remedyChannel(base));
const say = (message: RemedyMessage) => labs.postMessage(message);
let offer: IOffer | null = null;
let questions = 0;

labs.onmessage = ({ data }) => {
  const message = data as RemedyMessage;
  if (message.type === 'offer' && message.app === app) {
    offer = message;
    label(false);
    button.hidden = false;
    link.hidden = true;
  } else if (message.type === 'done' && message.lab === offer?.lab) {
    label(false);
  }
};

function label(isHelping: boolean): void {
  button.textContent = LABELS[offer!.remedy][isHelping ? 1 : 0];
  button.disabled = isHelping;
}

button.addEventListener('click', () => {
  label(true);
  say({ ...offer!, type: 'accept' });
});

stop?.addEventListener('click', () => {
  stop.disabled = true;
  const url = base + serviceUrl('interrupt', app);
  void fetch(url, { method: 'POST' })
    .catch(() => undefined)
    .finally(() => {
      stop.disabled = false;
    });
});

/** Whether the kernel is free; shows what keeps it busy. */
async function isFree(): Promise<boolean> {
  const status = await fetch(base + serviceUrl('status', app))
    .then(response => response.json() as Promise<IStatus>)
    .catch(() => null); // the worker is being replaced
  if (status?.busy === true) {
    find('sentence')!.textContent = status.sentence;
    stop!.hidden = !status.stoppable;
    if (!status.stoppable) {
      ask('restart');
    }
  }
  return status?.busy === false;
}

/** Whether a kernel serves the app, as its lock shows without waking the worker. */
async function isServed(): Promise<boolean> {
  ask('run');
  const locks = await heldLocks();
  const lock = locks.find(({ name }) => name === appLock(base, app));
  return lock !== undefined && lock.clientId !== holder;
}

function ask(remedy: Remedy): void {
  questions += 1;
  if (offer === null) {
    say({ type: 'ask', app, remedy });
    link.hidden = questions <= PATIENCE || isFramed;
  }
}

async function follow(): Promise<void> {
  if (!(await (until === 'free' ? isFree() : isServed()))) {
    setTimeout(() => void follow(), PERIOD);
  } else if (isFramed) {
    setTimeout(() => location.reload(), GRACE);
  } else {
    location.reload();
  }
}

void follow();
