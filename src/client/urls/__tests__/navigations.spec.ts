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

/** What becomes of a navigation to `url`. */
function navigate(
  url: string,
  { cancelable = true, sameDocument = false, ...init }: INavigate = {},
  download: Parameters<typeof rewriteNavigations>[2] = () => false
) {
  const gone: unknown[] = [];
  const results = [0, 1].map(() => Promise.reject(new Error('aborted')));
  const heard = results.map(result => jest.spyOn(result, 'catch'));
  const navigation = Object.assign(new EventTarget(), {
    navigate: (...args: unknown[]) => {
      gone.push(args);
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
  const unheard = heard.filter(({ mock }) => mock.calls.length === 0).length;
  results.forEach(result => result.catch(() => undefined));
  return { gone, prevented: event.defaultPrevented, unheard };
}

describe('a navigation', () => {
  it.each(['push', 'replace'])('by %s is led', history => {
    expect(navigate(`${ORIGIN}/about`, { navigationType: history })).toEqual({
      gone: [[REWRITTEN, { history, state: 'state' }]],
      prevented: true,
      unheard: 0
    });
  });

  it.each([
    ['in the app', `${ORIGIN}${MOUNT.root}about`, {}],
    ['that nothing can stop', `${ORIGIN}/a`, { cancelable: false }],
    ['to a place in the page', `${ORIGIN}/a`, { sameDocument: true }],
    ['by the back button', `${ORIGIN}/a`, { navigationType: 'traverse' }],
    ['to the same once more', `${ORIGIN}/a`, { navigationType: 'reload' }],
    ['of a form', `${ORIGIN}/a`, { formData: {} }],
    ['that is a download', `${ORIGIN}/a`, { downloadRequest: '' }]
  ])('%s is left to the browser', (_, url, init) => {
    const left = { gone: [], prevented: false };
    expect(navigate(url, init)).toMatchObject(left);
  });

  it.each([
    ['of the origin', `${ORIGIN}/about`],
    ['of the app', REWRITTEN]
  ])(
    'that is a download %s is taken where the browser does not ask',
    (_, url) => {
      const download = jest.fn(() => true);
      const init = { downloadRequest: 'own.txt' };
      expect(navigate(url, init, download)).toMatchObject({
        gone: [],
        prevented: true
      });
      expect(download).toHaveBeenCalledWith(REWRITTEN, 'own.txt');
    }
  );

  it('that is a download elsewhere is left to the browser', () => {
    const init = { downloadRequest: 'own.txt' };
    const { prevented } = navigate('https://elsewhere.org/', init, () => false);
    expect(prevented).toBe(false);
  });

  it('is nothing where the browser has no such API', () => {
    expect(() =>
      rewriteNavigations(undefined, rewrite, () => false)
    ).not.toThrow();
  });
});
