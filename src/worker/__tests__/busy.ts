/** Shared by the specs of busy kernels. */

import type { IReport } from '../kernel/busyKernels';

/** A report of the kernel of `shop`, which runs something with that title. */
export function report(fields: Partial<IReport> = {}, title = ''): IReport {
  return {
    apps: ['shop'],
    id: '',
    worker: '',
    title,
    place: 'Cell In[3], line 7',
    since: Date.now() - 3000,
    stuck: false,
    heard: {},
    ...fields
  };
}
