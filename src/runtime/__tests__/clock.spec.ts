import { continueClock } from '../clock';

it('goes on from where another worker stopped', () => {
  let time = 5;
  const performance = { now: () => time };
  continueClock(1000, performance);
  expect(performance.now()).toBe(1005);
  time = 6.5;
  expect(performance.now()).toBe(1006.5);
});
