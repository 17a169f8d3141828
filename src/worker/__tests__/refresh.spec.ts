import { refresh as step } from '../response/refresh';
import { context } from './context';

function rewrite(
  refresh: string,
  url?: string,
  mode: RequestMode = 'navigate'
) {
  const response = new Response(null, { headers: { refresh } });
  const adapted = step(response, context(url, { mode }));
  expect(adapted).toBe(response);
  return adapted.headers.get('refresh');
}

describe.each(['https://example.org/', 'https://example.org/demo/'])(
  'a refresh on the site %s',
  site => {
    const app = `${site}asgi/shop/`;

    it.each([
      ['0;url=/login', `0;url=${app}login`],
      ['5; URL=/login?a=1#top', `5; URL=${app}login?a=1#top`],
      ['1.5 , url = /login', `1.5 , url = ${app}login`],
      ["0;url='/login'", `0;url=${app}login`],
      ['0;url="/login" and more', `0;url=${app}login`],
      ['0;url="/login', `0;url=${app}login`],
      ['0;/login', `0;${app}login`],
      ['0 /login', `0 ${app}login`],
      ['.;/login', `.;${app}login`],
      ['0;url=https://example.org/login', `0;url=${app}login`],
      ['0;url=../../../login', `0;url=${app}login`],
      ['0;url=/caf\u00c3\u00a9', `0;url=${app}caf%C3%A9`]
    ])('of %j is rewritten to %j', (refresh, rewritten) => {
      expect(rewrite(refresh, app)).toBe(rewritten);
    });

    it.each([
      '0',
      '5;',
      '0;url=',
      '0;url=""',
      '0;url=next',
      '0;ur=next',
      `0;url=${app}next`,
      `0;url=${site}asgi/other/`,
      '0;url=https://elsewhere.org/login',
      '0;url=http://',
      'url=/login',
      '/login',
      '0url=/login'
    ])('of %j is left alone', refresh => {
      expect(rewrite(refresh, `${app}page/`)).toBe(refresh);
    });
  }
);

it('is left alone in a response to a script', () => {
  expect(rewrite('0;url=/login', undefined, 'cors')).toBe('0;url=/login');
});

it('does nothing without a refresh', () => {
  const response = new Response(null);
  step(response, context(undefined, { mode: 'navigate' }));
  expect([...response.headers]).toEqual([]);
});
