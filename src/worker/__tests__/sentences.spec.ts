import { busyPage, expiredPage, waitingPage } from '../busyPages';
import { busyKernels } from '../kernel/busyKernels';
import { goneSentence, outdatedSentence } from '../sentences';
import { report } from './busy';
import { publish } from './site';

const OF_NOTEBOOKS = /kernel|notebook|JupyterL|%asgi_serve/;

/** The text of a page, without its scripts and what they may show. */
async function textOf(page: Response): Promise<string> {
  const html = await page.text();
  return html.replace(/<script[^]*?<\/script>|<p id="lab" hidden>.*/g, '');
}

beforeAll(() => publish({ shop: 'The shop' }));

afterAll(() => publish({}));

describe.each([
  ['unknown', null],
  ['that may be stopped', report({}, 'GET /loop')],
  ['that does not stop', report({ stuck: true })]
])('a published app that is busy with something %s', (_, reported) => {
  it.each([
    ['busy', () => busyPage('shop')],
    ['expired', () => expiredPage('shop')],
    ['waiting', () => waitingPage('/demo/', 'shop')]
  ])('has a page that names it, not a kernel: %s', async (_, page) => {
    if (reported !== null) {
      busyKernels.note(reported);
    }
    const text = await textOf(page());
    expect(text).toContain('The app is busy');
    expect(text).toMatch(/[Tt]he shop/);
    expect(text).not.toMatch(OF_NOTEBOOKS);
  });
});

it.each([
  ['gone', (app: string) => goneSentence(app, 'and it appears here')],
  ['outdated', outdatedSentence]
])('a published app whose page is %s has a sentence of its own', (_, say) => {
  expect(say('shop')).toContain('The shop');
  expect(say('shop')).not.toMatch(OF_NOTEBOOKS);
  expect(say('blog')).toContain('blog');
  expect(say('blog')).toMatch(OF_NOTEBOOKS);
});
