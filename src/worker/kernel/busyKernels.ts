import type { IStatus } from '../../services';
import { restartOf, subjectOf } from '../sentences';

/** What a kernel says while it does not return to its event loop; see `busy.py`. */
export interface IReport {
  /** The names of the apps that it serves. */
  readonly apps: readonly string[];
  /** The exchange whose app runs and the worker that it belongs to, or empty. */
  readonly id: string;
  readonly worker: string;
  /** What runs, such as `GET /items`; empty if unknown. */
  readonly title: string;
  /** Where, such as `Cell In[3], line 7`. */
  readonly place: string;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  /** Whether it has caught several exceptions that should have ended it. */
  readonly stuck: boolean;
  /** What was interrupted, by the ids of the interrupts that it heard of last time. */
  readonly heard: Readonly<Record<string, string>>;
}

/** Milliseconds in which a busy kernel reports again: more than `LATE` in `busy.py`. */
export const FRESH = 2500;

/** Milliseconds in which a kernel hears of an interrupt, unless nothing can reach it. */
export const DEAF = 4000;

interface IPending {
  readonly app: string;
  readonly hear: (what: string | null) => void;
}

/**
 * The kernels that are too busy to read messages: what they have reported, and the
 * interrupts that they have yet to hear. Both are lost with this instance: reports come
 * again, and a lab page whose request for an interrupt fails sees that.
 */
export class BusyKernels {
  /**
   * Note a report, and return the interrupts for that kernel. They are pending until it
   * confirms them, because an answer that takes too long is lost.
   */
  note(report: IReport): string[] {
    report.apps.forEach(app => {
      this._reports.set(app, { report, time: Date.now() });
    });
    Object.entries(report.heard).forEach(([id, what]) => this.heard(id, what));
    return [...this._pending]
      .filter(([, { app }]) => report.apps.includes(app))
      .map(([id]) => id);
  }

  /** The report of the kernel of `app`, if it was busy just now. */
  reportOf(app: string): IReport | null {
    const noted = this._reports.get(app);
    return noted !== undefined && Date.now() - noted.time < FRESH
      ? noted.report
      : null;
  }

  /**
   * Wait until the kernel of `app` hears of the interrupt `id`.
   *
   * @returns what it interrupts, empty if nothing; null if it does not hear
   */
  interrupt(app: string, id: string): Promise<string | null> {
    return new Promise(resolve => {
      const hear = (what: string | null) => {
        clearTimeout(timer);
        this._pending.delete(id);
        resolve(what);
      };
      const timer = setTimeout(() => hear(null), DEAF);
      this._pending.set(id, { app, hear });
    });
  }

  /** A kernel has heard of an interrupt. */
  heard(id: string, what: string): void {
    this._pending.get(id)?.hear(what);
  }

  private readonly _reports = new Map<
    string,
    { readonly report: IReport; readonly time: number }
  >();
  private readonly _pending = new Map<string, IPending>();
}

/** Those of this instance of the worker. */
export const busyKernels = new BusyKernels();

/** What keeps the kernel of `app` busy, as it has just reported. */
export function busyStatus(app: string): IStatus {
  const report = busyKernels.reportOf(app);
  const stuck = report !== null && report.stuck;
  const stoppable = report !== null && !stuck;
  return { busy: true, sentence: describeBusy(app, report), stoppable, stuck };
}

/** Say in a sentence what keeps the kernel of `app` busy. */
export function describeBusy(app: string, report: IReport | null): string {
  if (report === null) {
    return (
      `${subjectOf(app)} is busy with something that cannot be interrupted now, such as ` +
      'a long query, a large sort or many requests: wait until it has finished, or ' +
      `${restartOf(app)}.`
    );
  }
  const { title, place, since, stuck } = report;
  const seconds = Math.max(1, Math.round((Date.now() - since) / 1000));
  const what = title === '' ? place : `${title}, at ${place},`;
  const time = seconds === 1 ? 'a second' : `${seconds} seconds`;
  const subject = subjectOf(app).replace(/^The/, 'the');
  const sentence = `${what} has kept ${subject} busy for ${time}`;
  return stuck
    ? `${sentence} and does not stop: ${restartOf(app)}.`
    : `${sentence}.`;
}
