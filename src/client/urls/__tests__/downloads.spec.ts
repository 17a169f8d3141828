import { downloadFrom, fetchAndSave } from '../downloads';
import { REWRITTEN, MOUNT, ORIGIN } from './fakes';

/** A document that records which links are created and clicked. */
function makePage() {
  const clicked: (readonly string[])[] = [];
  let setSaved: () => void;
  const saved = new Promise<void>(resolve => {
    setSaved = resolve;
  });
  const link = {
    href: '',
    download: '',
    click: () => {
      clicked.push([link.href, link.download]);
      setSaved();
    }
  };
  const createElement = jest.fn(() => link);
  const document = { createElement } as unknown as Document;
  return { document, clicked, saved };
}

function answer(body: string, init?: ResponseInit): jest.SpyInstance {
  const fetched = jest.spyOn(globalThis, 'fetch');
  return fetched.mockResolvedValueOnce(new Response(body, init));
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('a download', () => {
  const { location, navigator } = {
    location: { origin: ORIGIN },
    navigator: { userAgentData: {} }
  } as unknown as Window;

  it('of the app is saved by us', async () => {
    const { document, clicked, saved } = makePage();
    const fetched = answer('a file');
    const download = downloadFrom(MOUNT, { document, location, navigator });
    expect(download(REWRITTEN, 'own.txt')).toBe(true);
    expect(fetched).toHaveBeenCalledWith(REWRITTEN);
    await saved;
    expect(clicked).toEqual([[expect.stringMatching(/^blob:/), 'own.txt']]);
  });

  it.each([
    'https://elsewhere.org/demo/asgi/shop/about',
    `${ORIGIN}/demo/asgi/other/about`
  ])('of %s is left to the browser', url => {
    const fetched = answer('not ours');
    const { document } = makePage();
    const download = downloadFrom(MOUNT, { document, location, navigator });
    expect(download(url, 'own.txt')).toBe(false);
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('a saved file', () => {
  it('is kept in memory until the browser has read it', async () => {
    const { document, clicked } = makePage();
    answer('a file');
    const created = jest.spyOn(URL, 'createObjectURL');
    const revoked = jest.spyOn(URL, 'revokeObjectURL');
    await fetchAndSave(document, REWRITTEN, '');
    expect(await (created.mock.calls[0]![0] as Blob).text()).toBe('a file');
    jest.advanceTimersByTime(59_000);
    expect(revoked).not.toHaveBeenCalled();
    jest.runAllTimers();
    expect(revoked).toHaveBeenCalledWith(clicked[0]![0]);
  });

  it.each([
    ['attachment; filename=a.txt', 'a.txt'],
    [`attachment; filename=a.txt; filename*=utf-8'de'%C3%A4.txt`, '\u00e4.txt'],
    [`attachment; filename*=UTF-8''%FF`, '%FF'],
    [`attachment; filename*=ISO-8859-1''%E4; filename=a.txt`, 'a.txt'],
    // The bytes of U+00E4 and of U+20AC as Chromium delivers them, encoded once more.
    ['attachment; filename="\u00c3\u00a4"', '\u00e4'],
    ['attachment; filename="\u00c3\u00a2\u00c2\u0082\u00c2\u00ac"', '\u20ac'],
    ['attachment', 'own.txt']
  ])('with the header %j is named %j', async (disposition, name) => {
    const { document, clicked } = makePage();
    answer('a file', { headers: { 'content-disposition': disposition } });
    await fetchAndSave(document, REWRITTEN, 'own.txt');
    expect(clicked[0]![1]).toBe(name);
  });

  it.each([
    [`${REWRITTEN}/caf%C3%A9.txt?a=1`, 'caf\u00e9.txt'],
    [`${REWRITTEN}/%FF`, '%FF']
  ])('from %s without a name is named after its URL, %s', async (url, name) => {
    const { document, clicked } = makePage();
    answer('a file');
    await fetchAndSave(document, url, '');
    expect(clicked[0]![1]).toBe(name);
  });

  it('is not created if the app fails, which is reported', async () => {
    const { document, clicked } = makePage();
    answer('none', { status: 404 });
    await expect(fetchAndSave(document, REWRITTEN, '')).rejects.toThrow(
      `Could not save ${REWRITTEN}, because the app responded with 404: ` +
        'open the URL to see the response.'
    );
    expect(clicked).toEqual([]);
  });
});

describe('a download for which the browser sends a navigation', () => {
  function inFirefox() {
    const clicked: unknown[] = [];
    const createElement = () => ({
      href: '',
      hash: '',
      download: null,
      click() {
        clicked.push([this.href, this.hash, this.download]);
      }
    });
    const page = {
      navigator: {},
      location: { origin: ORIGIN },
      document: { createElement }
    };
    return { clicked, download: downloadFrom(MOUNT, page as never) };
  }

  it.each(['', 'own.html'])('is marked for the worker: %j', name => {
    const { clicked, download } = inFirefox();
    expect(download(`${ORIGIN}${MOUNT.root}page?q=1#top`, name)).toBe(true);
    expect(clicked).toEqual([
      [`${ORIGIN}${MOUNT.root}page?q=1#top`, '#jupyterlite-asgi-saved', name]
    ]);
  });

  it.each([
    ['is marked already', `${ORIGIN}${MOUNT.root}page#jupyterlite-asgi-saved`],
    ['is outside the app', `${ORIGIN}/demo/files/page.html`],
    ['is of another origin', 'https://elsewhere.org/demo/asgi/shop/page'],
    ['is a blob', `blob:${ORIGIN}/1`]
  ])('is left to the browser if it %s', (_, url) => {
    const { clicked, download } = inFirefox();
    expect(download(url, 'own.html')).toBe(false);
    expect(clicked).toEqual([]);
  });
});
