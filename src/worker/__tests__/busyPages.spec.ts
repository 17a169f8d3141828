import { waitingScript } from '../../_waiting';
import { waitingPage } from '../busyPages';
import { busyKernels } from '../kernel/busyKernels';
import { report } from './busy';

/** The page while a kernel runs something that may be stopped or not. */
function page(stoppable: boolean): Response {
  const apps = ['a "shop"'];
  busyKernels.note(report({ apps, stuck: !stoppable, place: '<b>' }));
  return waitingPage('/demo/', apps[0]!);
}

it('is not cached, and says when to come back', () => {
  const { status, headers } = page(true);
  expect(status).toBe(503);
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'retry-after': '3'
  });
});

it('says what keeps the kernel busy, and loads by itself', async () => {
  const html = await page(true).text();
  expect(html).toContain('<h1>The kernel is busy</h1>');
  expect(html).toContain('role="status">&#60;b&#62; has kept the kernel of');
  expect(html).toContain(
    '<script data-base="/demo/" data-app="a &#34;shop&#34;" data-until="free" data-holder="">' +
      `${waitingScript}</script>`
  );
  expect(html).toContain(
    '<noscript><meta http-equiv="refresh" content="3"></noscript>'
  );
});

it.each([
  [true, '<button id="stop">Stop it</button>'],
  [false, '<button id="stop" hidden>Stop it</button>']
])('has a button that may stop it: %s', async (stoppable, button) => {
  expect(await page(stoppable).text()).toContain(button);
});
