import { version } from '../../_version';
import { VERSION } from '../../protocol';
import { page, versionPage } from '../workerPages';

describe('page', () => {
  it('is HTML that is not cached', () => {
    const response = page(404, 'Gone', 'Run the cell.');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe(
      'text/html; charset=utf-8'
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('says what happened and what to do', async () => {
    const html = await page(404, 'Gone', 'Run the cell.').text();
    expect(html).toContain('<title>Gone</title>');
    expect(html).toContain('<h1>Gone</h1>');
    expect(html).toContain('<p>Run the cell.</p>');
    expect(html).not.toContain('<ul>');
  });

  it('links to apps', async () => {
    const apps = [
      { path: '/asgi/blog/', name: 'blog' },
      { path: '/asgi/shop/', name: 'shop' }
    ];
    const html = await page(404, 'Gone', 'There are:', apps).text();
    expect(html).toContain('<li><a href="/asgi/blog/">blog</a></li>');
    expect(html).toContain('<li><a href="/asgi/shop/">shop</a></li>');
  });

  it('escapes all its arguments', async () => {
    const evil = `<img src="x" onerror='alert(1)'>&`;
    const html = await page(404, evil, evil, [
      { path: evil, name: evil }
    ]).text();
    const escaped =
      '&#60;img src=&#34;x&#34; onerror=&#39;alert(1)&#39;&#62;&#38;';
    expect(html).not.toContain('<img');
    expect(html.split(escaped)).toHaveLength(6);
    expect(html).toContain(`<a href="${escaped}">${escaped}</a>`);
  });
});

describe('versionPage', () => {
  it('identifies the worker, and is not cached', async () => {
    const response = versionPage(4, 5);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      name: 'jupyterlite-asgi',
      version,
      protocol: VERSION,
      dropped: 4,
      exchanges: 5
    });
  });
});
