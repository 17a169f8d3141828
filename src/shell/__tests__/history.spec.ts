import { decide, type INavigateEvent } from '../history';
import { Place } from '../page';

const ROOT = 'https://example.org/demo/asgi/shop/';

const page = { base: '/demo/', name: 'shop', title: 'Shop' };

function placeAt(href: string, isFramed = false): Place {
  const { origin, search } = new URL(href);
  return new Place(
    { ...page, isRenewed: false },
    { href, origin, search },
    isFramed
  );
}

function decided(given: object, url = `${ROOT}items`): string {
  const event = {
    cancelable: true,
    defaultPrevented: false,
    navigationType: 'push',
    destination: { url, sameDocument: false },
    formData: null,
    downloadRequest: null,
    ...given
  };
  return decide(event as unknown as INavigateEvent, placeAt(ROOT));
}

it('takes over a navigation to another page of the app', () => {
  expect(decided({})).toBe('push');
});

it.each([
  { navigationType: 'replace' },
  { navigationType: 'traverse' },
  { cancelable: false },
  { defaultPrevented: true },
  { downloadRequest: '' },
  { destination: { url: ROOT, sameDocument: true } }
])('leaves %j to the frame', given => {
  expect(decided(given)).toBe('pass');
});

it('waits for the response to a form that is posted to the app', () => {
  const formData = {};
  expect(decided({ formData })).toBe('post');
  expect(decided({ formData }, 'https://example.org/items')).toBe('post');
  expect(decided({ formData, navigationType: 'replace' })).toBe('pass');
  expect(decided({ formData }, 'https://example.org/demo/lab/')).toBe('pass');
});

it('shows the response to a form at a URL of the service worker', () => {
  const url = 'https://example.org/demo/asgi/-/posted/1';
  expect(decided({ navigationType: 'replace' }, url)).toBe('pass');
});

it.each([
  [`${ROOT}items?a=1#b`, `${ROOT}items?a=1`],
  ['https://example.org/items#b', `${ROOT}items`]
])('knows which request %s makes', (url, requested) => {
  expect(placeAt(ROOT).inApp(url)).toBe(requested);
});

it('takes over a link that lacks the prefix of the app', () => {
  expect(decided({}, 'https://example.org/items')).toBe('push');
});

it('leads out of the frame what is not the app', () => {
  expect(decided({}, 'https://example.org/demo/lab/')).toBe('leave');
  expect(decided({}, 'mailto:shop@example.org')).toBe('pass');
});

it('shows the root of an app that is embedded', () => {
  const place = placeAt(`${ROOT}?embed`, true);
  expect([place.isEmbedded, place.shown]).toEqual([true, ROOT]);
  expect(placeAt(`${ROOT}a?x=1#y`).shown).toBe(`${ROOT}a?x=1#y`);
});
