import * as step from '../response/cacheControl';
import { context } from './context';

const CHANGED = 'Wed, 26 Nov 2025 10:00:00 GMT';

function cacheControl(
  destination: RequestDestination,
  given: Record<string, string>
): string | null {
  const response = new Response(null, { headers: given });
  const adapted = step.cacheControl(
    response,
    context(undefined, { destination })
  );
  expect(adapted).toBe(response);
  return adapted.headers.get('cache-control');
}

describe.each(['style', 'script', 'image', 'font', 'worker'] as const)(
  'a %s',
  destination => {
    it('that says only when it was changed is asked for anew', () => {
      const given = { 'last-modified': CHANGED };
      expect(cacheControl(destination, given)).toBe('no-cache');
    });

    it.each(['public', 's-maxage=60', 'immutable'])(
      'that says %j, too, as well',
      value => {
        const given = { 'last-modified': CHANGED, 'cache-control': value };
        expect(cacheControl(destination, given)).toBe(`${value}, no-cache`);
      }
    );

    it.each(['max-age=60', 'public, Max-Age = 60', 'public,max-age=0'])(
      'that says how long it may be kept, as by %j, may be',
      value => {
        const given = { 'last-modified': CHANGED, 'cache-control': value };
        expect(cacheControl(destination, given)).toBe(value);
      }
    );

    it('that says until when it may be kept may be', () => {
      const given = { 'last-modified': CHANGED, expires: CHANGED };
      expect(cacheControl(destination, given)).toBeNull();
    });

    it('of which nothing is to be guessed stays as it is', () => {
      expect(cacheControl(destination, { etag: '"1"' })).toBeNull();
    });
  }
);

it.each(['', 'document', 'iframe', 'video', 'audio'] as const)(
  'what is asked for as %j stays as it is',
  destination => {
    const given = { 'last-modified': CHANGED };
    expect(cacheControl(destination, given)).toBeNull();
  }
);
