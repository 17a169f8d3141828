import type { INavigation } from '../navigations';
import { rewriteNavigations } from '../navigations';
import { rewrite, REWRITTEN, MOUNT, ORIGIN } from './fakes';

interface INavigate {
  readonly cancelable?: boolean;
  readonly sameDocument?: boolean;
  readonly navigationType?: string;
  readonly formData?: object;
  readonly downloadRequest?: string;
}

/** Dispatch a navigation to `url`, and return its effects. */
function navigate(
  url: string,
  { cancelable = true, sameDocument = false, ...init }: INavigate = {},
  download: Parameters<typeof rewriteNavigations>[2] = () => false
) {
  const navigated: unknown[] = [];
  const results = [0, 1].map(() => Promise.reject(new Error('aborted')));
  const handlers = results.map(result => jest.spyOn(result, 'catch'));
  const navigation = Object.assign(new EventTarget(), {
    navigate: (...args: unknown[]) => {
      navigated.push(args);
      return { committed: results[0], finished: results[1] };
    }
  });
  rewriteNavigations(navigation as INavigation, rewrite, download);
  const event = Object.assign(new Event('navigate', { cancelable }), {
    navigationType: 'push',
    destination: { url, sameDocument, getState: () => 'state' },
    formData: null,
    downloadRequest: null,
    ...init
  });
  navigation.dispatchEvent(event);
  const unhandled = handlers.filter(
    ({ mock }) => mock.calls.length === 0
  ).length;
  results.forEach(result => result.catch(() => undefined));
  return { navigated, prevented: event.defaultPrevented, unhandled };
}

describe('a navigation', () => {
  it.each(['push', 'replace'])('by %s is rewritten', history => {
    expect(navigate(`${ORIGIN}/about`, { navigationType: history })).toEqual({
      navigated: [[REWRITTEN, { history, state: 'state' }]],
      prevented: true,
      unhandled: 0
    });
  });

  it.each([
    ['inside the app', `${ORIGIN}${MOUNT.root}about`, {}],
    ['that cannot be cancelled', `${ORIGIN}/a`, { cancelable: false }],
    ['inside the document', `${ORIGIN}/a`, { sameDocument: true }],
    ['by the back button', `${ORIGIN}/a`, { navigationType: 'traverse' }],
    ['that reloads', `${ORIGIN}/a`, { navigationType: 'reload' }],
    ['of a form', `${ORIGIN}/a`, { formData: {} }],
    ['that is a download', `${ORIGIN}/a`, { downloadRequest: '' }]
  ])('%s is left to the browser', (_, url, init) => {
    const untouched = { navigated: [], prevented: false };
    expect(navigate(url, init)).toMatchObject(untouched);
  });

  it.each([
    ['of the origin', `${ORIGIN}/about`],
    ['of the app', REWRITTEN]
  ])('that is a download %s is passed to `download`', (_, url) => {
    const download = jest.fn(() => true);
    const init = { downloadRequest: 'own.txt' };
    expect(navigate(url, init, download)).toMatchObject({
      navigated: [],
      prevented: true
    });
    expect(download).toHaveBeenCalledWith(REWRITTEN, 'own.txt');
  });

  it('is left to the browser if `download` declines it', () => {
    const init = { downloadRequest: 'own.txt' };
    const { prevented } = navigate('https://elsewhere.org/', init, () => false);
    expect(prevented).toBe(false);
  });

  it('is not observed if the browser lacks the API', () => {
    expect(() =>
      rewriteNavigations(undefined, rewrite, () => false)
    ).not.toThrow();
  });
});
