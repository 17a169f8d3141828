import { contentDisposition } from '../response/contentDisposition';
import { context } from './context';

function name(given: string, mode: RequestMode = 'navigate'): string | null {
  const headers = { 'content-disposition': given };
  const response = new Response(null, { headers });
  const adapted = contentDisposition(response, context(undefined, { mode }));
  expect(adapted).toBe(response);
  return adapted.headers.get('content-disposition');
}

describe('the name of a download', () => {
  it.each([
    ['in UTF-8', 'attachment; filename="n\u00c3\u00a4me.txt"'],
    ['in ISO-8859-1', 'attachment; filename="n\u00e4me.txt"'],
    ['as a token', 'attachment;FileName = n\u00c3\u00a4me.txt'],
    ['of a page', 'inline; size=3; filename=n\u00c3\u00a4me.txt']
  ])('%s is repeated in the extended form', (_, given) => {
    expect(name(given)).toBe(`${given}; filename*=UTF-8''n%C3%A4me.txt`);
  });

  it('is unquoted in the extended form', () => {
    const given = 'attachment; filename="\u00e9 \\"(1)\\"; *\'"; size=3';
    expect(name(given)).toBe(
      `${given}; filename*=UTF-8''%C3%A9%20%22%281%29%22%3B%20%2A%27`
    );
  });

  it.each([
    'inline',
    'attachment',
    'attachment; filename="name.txt"',
    'attachment; filename=name.txt',
    'attachment; filename="n\u00e4me.txt"; filename*=UTF-8\'\'n%C3%A4me.txt',
    "attachment; filename*=UTF-8''n%C3%A4me.txt"
  ])('is left alone: %s', given => {
    expect(name(given)).toBe(given);
  });

  it.each(['cors', 'same-origin', 'no-cors'] as const)(
    'is left alone in a response to a script, %s',
    mode => {
      const given = 'attachment; filename="n\u00e4me.txt"';
      expect(name(given, mode)).toBe(given);
    }
  );
});

it('is not added if the app sends none', () => {
  const response = new Response(null);
  contentDisposition(response, context(undefined, { mode: 'navigate' }));
  expect([...response.headers]).toEqual([]);
});
