import { HURRY, PERIOD, sendTicks, type ITicks } from '../ticks';

const SIGNAL = 26;

let now: number;
let buffer: { 0: number };
let ticks: ITicks;

/** Give up the thread until the code's own task, queued before, has run. */
async function yieldThread(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

beforeEach(() => {
  now = 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const setInterruptBuffer = (given: object) => {
    buffer = given as { 0: number };
  };
  ticks = sendTicks({ setInterruptBuffer }, SIGNAL);
});

afterEach(() => {
  jest.restoreAllMocks();
});

it('signals once in each period of unbroken running', () => {
  const sent = [];
  for (let time = 0; time < 3 * PERIOD; time += PERIOD / 5) {
    now = 1000 + time;
    sent.push(buffer[0]);
  }
  expect(sent.filter(value => value !== 0)).toEqual([SIGNAL, SIGNAL]);
});

it('signals nothing if the thread was given up in between', async () => {
  expect(buffer[0]).toBe(0);
  now += PERIOD;
  await yieldThread();
  expect(buffer[0]).toBe(0);
  now += PERIOD;
  expect(buffer[0]).toBe(SIGNAL);
});

it('signals soon when asked to hurry', () => {
  const read = () => [buffer[0], buffer[0]];
  expect(read()).toEqual([0, 0]);
  ticks.hurry();
  now += HURRY - 0.5;
  expect(read()).toEqual([0, 0]);
  ticks.hurry();
  now += HURRY;
  expect(read()).toEqual([SIGNAL, 0]);
});

it('tells how long Python has run without giving up the thread', async () => {
  expect(buffer[0]).toBe(0);
  now += 700;
  expect(buffer[0]).toBe(SIGNAL);
  expect(ticks.running()).toBe(700);
  await yieldThread();
  now += 100;
  expect(buffer[0]).toBe(0);
  now += 50;
  expect(ticks.running()).toBe(50);
});

it('looks at the clock rarely while instructions are fast', () => {
  const reads = Array.from({ length: 160 }, () => buffer[0]);
  expect(reads.every(value => value === 0)).toBe(true);
  expect(performance.now).toHaveBeenCalledTimes(11);
});

it('keeps its element although Pyodide resets it', () => {
  expect(buffer[0]).toBe(0);
  buffer[0] = 0;
  now += PERIOD;
  expect(buffer[0]).toBe(SIGNAL);
});
