import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAppEvent } from '../events';

/** One event of each type: the tests of the Python side read the same. */
const SAMPLES = JSON.parse(
  readFileSync(join(__dirname, '../../tests/events.json'), 'utf-8')
) as Record<string, unknown>[];

describe('isAppEvent', () => {
  it.each(SAMPLES.map(event => [event.type, event]))('knows %s', (_, event) => {
    expect(isAppEvent(event)).toBe(true);
    expect(isAppEvent({ ...(event as object), more: 1 })).toBe(true);
  });

  it.each(
    SAMPLES.flatMap(event =>
      Object.keys(event).map(field => [event.type, field, event] as const)
    )
  )('refuses %s if %s is no text and no number', (_type, field, event) => {
    expect(isAppEvent({ ...event, [field]: [event[field]] })).toBe(false);
    expect(isAppEvent({ ...event, [field]: undefined })).toBe(false);
  });

  it.each([
    undefined,
    null,
    'taken',
    7,
    [],
    {},
    { ...SAMPLES[2], type: 'constructor' }
  ])('refuses %j', data => {
    expect(isAppEvent(data)).toBe(false);
  });
});
