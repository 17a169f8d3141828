import { BusyKernels, DEAF, describeBusy, FRESH } from '../kernel/busyKernels';
import { report } from './busy';

let kernels: BusyKernels;

beforeEach(() => {
  jest.useFakeTimers();
  kernels = new BusyKernels();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a report', () => {
  it('tells about each app of the kernel, for a while', () => {
    const noted = report({ apps: ['shop', 'blog'] });
    kernels.note(noted);
    jest.advanceTimersByTime(FRESH - 1);
    expect(['shop', 'blog', 'other'].map(app => kernels.reportOf(app))).toEqual(
      [noted, noted, null]
    );
    jest.advanceTimersByTime(1);
    expect(kernels.reportOf('shop')).toBeNull();
  });
});

describe('an interrupt', () => {
  it('goes to the kernel that serves the app, until that confirms it', async () => {
    const heard = kernels.interrupt('shop', 'one');
    expect(kernels.note(report({ apps: ['blog'] }))).toEqual([]);
    expect(kernels.note(report())).toEqual(['one']);
    expect(kernels.note(report())).toEqual(['one']); // the answer was lost
    expect(kernels.note(report({ heard: { one: 'GET /loop' } }))).toEqual([]);
    expect(await heard).toBe('GET /loop');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('may be heard on a channel', async () => {
    const heard = kernels.interrupt('shop', 'one');
    kernels.heard('one', '');
    expect(await heard).toBe('');
    expect(kernels.note(report())).toEqual([]);
  });

  it('of which a kernel does not hear is given up', async () => {
    const heard = kernels.interrupt('shop', 'one');
    jest.advanceTimersByTime(DEAF);
    expect(await heard).toBeNull();
    expect(kernels.note(report())).toEqual([]);
  });

  it('that is heard of twice or unknown has no effect', async () => {
    const heard = kernels.interrupt('shop', 'one');
    kernels.heard('one', 'A cell');
    kernels.heard('one', 'GET /loop');
    kernels.heard('two', 'GET /loop');
    expect(await heard).toBe('A cell');
  });
});

describe('the sentence about a busy kernel', () => {
  it.each([
    [
      '',
      {},
      'Cell In[3], line 7 has kept the kernel of shop busy for 3 seconds.'
    ],
    [
      '',
      { since: Date.now() - 1100 },
      'Cell In[3], line 7 has kept the kernel of shop busy for a second.'
    ],
    [
      'GET /loop',
      {},
      'GET /loop, at Cell In[3], line 7, has kept the kernel of shop busy for 3 seconds.'
    ],
    [
      'A cell',
      { stuck: true },
      'A cell, at Cell In[3], line 7, has kept the kernel of shop busy for 3 seconds and does not stop: restart the kernel.'
    ]
  ])('names what runs: %s %j', (what, fields, sentence) => {
    expect(describeBusy('shop', report(fields, what))).toBe(sentence);
  });

  it('says what to do if nothing is known', () => {
    expect(describeBusy('shop', null)).toBe(
      'The kernel of shop is busy with something that cannot be interrupted now, such as ' +
        'a long query, a large sort or many requests: wait until it has finished, or ' +
        'restart the kernel.'
    );
  });
});
