import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAppEvent } from '../events';

/** One event of each type; the Python tests read the same file. */
const SAMPLES = JSON.parse(
  readFileSync(join(__dirname, '../../tests/events.json'), 'utf-8')
) as Record<string, unknown>[];

describe('isAppEvent', () => {
  it.each(SAMPLES.map(event => [event.type, event]))(
    'accepts %s',
    (_, event) => {
      expect(isAppEvent(event)).toBe(true);
      expect(isAppEvent({ ...(event as object), more: 1 })).toBe(true);
    }
  );

  it.each(
    SAMPLES.flatMap(event =>
      Object.keys(event).map(field => [event.type, field, event] as const)
    )
  )(
    'rejects %s if %s is neither a string nor a number',
    (_type, field, event) => {
      expect(isAppEvent({ ...event, [field]: [event[field]] })).toBe(false);
      expect(isAppEvent({ ...event, [field]: undefined })).toBe(false);
    }
  );

  it.each([
    undefined,
    null,
    'taken',
    7,
    [],
    {},
    { ...SAMPLES[2], type: 'constructor' }
  ])('rejects %j', data => {
    expect(isAppEvent(data)).toBe(false);
  });
});
