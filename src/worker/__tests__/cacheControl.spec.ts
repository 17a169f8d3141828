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
    it('with only Last-Modified is revalidated', () => {
      const given = { 'last-modified': CHANGED };
      expect(cacheControl(destination, given)).toBe('no-cache');
    });

    it.each(['public', 's-maxage=60', 'immutable'])(
      'that also has %j is revalidated',
      value => {
        const given = { 'last-modified': CHANGED, 'cache-control': value };
        expect(cacheControl(destination, given)).toBe(`${value}, no-cache`);
      }
    );

    it.each(['max-age=60', 'public, Max-Age = 60', 'public,max-age=0'])(
      'that has %j is left alone',
      value => {
        const given = { 'last-modified': CHANGED, 'cache-control': value };
        expect(cacheControl(destination, given)).toBe(value);
      }
    );

    it('that has Expires is left alone', () => {
      const given = { 'last-modified': CHANGED, expires: CHANGED };
      expect(cacheControl(destination, given)).toBeNull();
    });

    it('without Last-Modified is left alone', () => {
      expect(cacheControl(destination, { etag: '"1"' })).toBeNull();
    });
  }
);

it.each(['', 'document', 'iframe', 'video', 'audio'] as const)(
  'a response for the destination %j is left alone',
  destination => {
    const given = { 'last-modified': CHANGED };
    expect(cacheControl(destination, given)).toBeNull();
  }
);
