import { downloadFrom, fetchAndSave } from '../downloads';
import { REWRITTEN, MOUNT, ORIGIN } from './fakes';

/** A link that a page makes, and what it said when it was clicked. */
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
  const asked = jest.spyOn(globalThis, 'fetch');
  return asked.mockResolvedValueOnce(new Response(body, init));
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

  it('is saved by us where it is of the app', async () => {
    const { document, clicked, saved } = makePage();
    const asked = answer('a file');
    const download = downloadFrom(MOUNT, { document, location, navigator });
    expect(download(REWRITTEN, 'own.txt')).toBe(true);
    expect(asked).toHaveBeenCalledWith(REWRITTEN);
    await saved;
    expect(clicked).toEqual([[expect.stringMatching(/^blob:/), 'own.txt']]);
  });

  it.each([
    'https://elsewhere.org/demo/asgi/shop/about',
    `${ORIGIN}/demo/asgi/other/about`
  ])('of %s is left to the browser', url => {
    const asked = answer('none of ours');
    const { document } = makePage();
    const download = downloadFrom(MOUNT, { document, location, navigator });
    expect(download(url, 'own.txt')).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('what is saved', () => {
  it('is the file, which is forgotten when the browser has read it', async () => {
    const { document, clicked } = makePage();
    answer('a file');
    const made = jest.spyOn(URL, 'createObjectURL');
    const forgotten = jest.spyOn(URL, 'revokeObjectURL');
    await fetchAndSave(document, REWRITTEN, '');
    expect(await (made.mock.calls[0]![0] as Blob).text()).toBe('a file');
    jest.advanceTimersByTime(59_000);
    expect(forgotten).not.toHaveBeenCalled();
    jest.runAllTimers();
    expect(forgotten).toHaveBeenCalledWith(clicked[0]![0]);
  });

  it.each([
    ['attachment; filename=a.txt', 'a.txt'],
    [`attachment; filename=a.txt; filename*=utf-8'de'%C3%A4.txt`, '\u00e4.txt'],
    [`attachment; filename*=UTF-8''%FF`, '%FF'],
    [`attachment; filename*=ISO-8859-1''%E4; filename=a.txt`, 'a.txt'],
    // As Chromium has the bytes of U+00E4, and those of U+20AC, which it encodes once more.
    ['attachment; filename="\u00c3\u00a4"', '\u00e4'],
    ['attachment; filename="\u00c3\u00a2\u00c2\u0082\u00c2\u00ac"', '\u20ac'],
    ['attachment', 'own.txt']
  ])('with the header %j has the name %j', async (disposition, name) => {
    const { document, clicked } = makePage();
    answer('a file', { headers: { 'content-disposition': disposition } });
    await fetchAndSave(document, REWRITTEN, 'own.txt');
    expect(clicked[0]![1]).toBe(name);
  });

  it.each([
    [`${REWRITTEN}/caf%C3%A9.txt?a=1`, 'caf\u00e9.txt'],
    [`${REWRITTEN}/%FF`, '%FF']
  ])('from %s without a name has that of its URL, %s', async (url, name) => {
    const { document, clicked } = makePage();
    answer('a file');
    await fetchAndSave(document, url, '');
    expect(clicked[0]![1]).toBe(name);
  });

  it('is nothing where the app fails, which is said', async () => {
    const { document, clicked } = makePage();
    answer('none', { status: 404 });
    await expect(fetchAndSave(document, REWRITTEN, '')).rejects.toThrow(
      `${REWRITTEN} was not saved, for the app answered with 404: ` +
        'open it as a page to see what it says.'
    );
    expect(clicked).toEqual([]);
  });
});

describe('a download where the browser asks as for a page', () => {
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

  it.each(['', 'own.html'])('is said to the worker to be one: %j', name => {
    const { clicked, download } = inFirefox();
    expect(download(`${ORIGIN}${MOUNT.root}page?q=1#top`, name)).toBe(true);
    expect(clicked).toEqual([
      [`${ORIGIN}${MOUNT.root}page?q=1#top`, '#jupyterlite-asgi-saved', name]
    ]);
  });

  it.each([
    ['has been said', `${ORIGIN}${MOUNT.root}page#jupyterlite-asgi-saved`],
    ['is not of the app', `${ORIGIN}/demo/files/page.html`],
    ['is of another origin', 'https://elsewhere.org/demo/asgi/shop/page'],
    ['is of a script', `blob:${ORIGIN}/1`]
  ])('is the matter of the browser if it %s', (_, url) => {
    const { clicked, download } = inFirefox();
    expect(download(url, 'own.html')).toBe(false);
    expect(clicked).toEqual([]);
  });
});
