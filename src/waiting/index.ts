/**
 * The script of the pages that load again by themselves, see `worker/waitingElements.ts`:
 * when the app's kernel is free, or when a kernel serves the app. Until then they show what
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

/** Questions without an offer before the link to JupyterLite is shown. */
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
const remedy: Remedy = until === 'free' ? 'restart' : 'run';
const labs = new BroadcastChannel(remedyChannel(base));
const say = (message: RemedyMessage) => labs.postMessage(message);
let offer: IOffer | null = null;
let isHelping = false; // the lab page that offered it
let unanswered = 0; // questions since its last offer

labs.onmessage = ({ data }) => {
  const message = data as RemedyMessage;
  if (message.app !== app || message.remedy !== remedy) {
    return;
  }
  if (message.type === 'offer') {
    offer ??= message;
  }
  if (message.type !== 'ask' && message.lab === offer?.lab) {
    unanswered = 0;
    isHelping &&= message.type !== 'done';
  }
  show();
};

button.addEventListener('click', () => {
  isHelping = true;
  show();
  say({ ...offer!, type: 'accept' });
});

/** Ask lab pages for help. */
function ask(): void {
  unanswered += 1;
  if (unanswered > PATIENCE) {
    offer = null; // that lab page is closed, or has closed the notebook
    isHelping = false;
  }
  say({ type: 'ask', app, remedy });
  show();
}

/** Show that no help is needed. */
function stopAsking(): void {
  offer = null;
  isHelping = false;
  unanswered = 0;
  show();
}

function show(): void {
  button.hidden = offer === null;
  button.disabled = isHelping;
  button.textContent = LABELS[remedy][isHelping ? 1 : 0];
  link.hidden = offer !== null || unanswered <= PATIENCE || isFramed;
}

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
    if (status.stoppable) {
      stopAsking();
    } else {
      ask();
    }
  }
  return status?.busy === false;
}

/** Whether a kernel serves the app, as its lock shows without waking the worker. */
async function isServed(): Promise<boolean> {
  ask();
  const locks = await heldLocks();
  const lock = locks.find(({ name }) => name === appLock(base, app));
  return lock !== undefined && lock.clientId !== holder;
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
