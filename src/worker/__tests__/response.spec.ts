import { adaptResponse } from '../response';
import { context } from './context';
import './fakes'; // defines `navigator`

const FRAME = context(undefined, {
  destination: 'iframe',
  mode: 'navigate',
  referrer: 'https://example.org/demo/lab/index.html'
});

describe('a response', () => {
  it('goes through all steps', async () => {
    const response = new Response(new Blob(['hello']), {
      status: 302,
      headers: {
        location: '/login',
        refresh: '0;url=/login',
        'content-disposition': 'inline; filename="\u00e9"',
        'x-frame-options': 'DENY'
      }
    });
    const adapted = await adaptResponse(response, FRAME);
    expect(adapted.status).toBe(302);
    expect([...adapted.headers]).toEqual([
      [
        'content-disposition',
        'inline; filename="\u00e9"; filename*=UTF-8\'\'%C3%A9'
      ],
      ['location', 'https://example.org/demo/asgi/shop/login'],
      ['refresh', '0;url=https://example.org/demo/asgi/shop/login']
    ]);
    expect(await adapted.text()).toBe('hello');
  });

  it('with nothing to adapt is returned unchanged', async () => {
    const response = new Response('hello');
    expect(await adaptResponse(response, FRAME)).toBe(response);
  });

  it('that is a network error is left alone', async () => {
    const response = Response.error();
    expect(await adaptResponse(response, FRAME)).toBe(response);
  });

  it('of another origin is left alone', async () => {
    const response = new Response('hello', {
      headers: { 'x-frame-options': 'DENY' }
    });
    Object.defineProperty(response, 'type', { value: 'cors' });
    expect(await adaptResponse(response, FRAME)).toBe(response);
    expect(response.headers.has('x-frame-options')).toBe(true);
  });
});
