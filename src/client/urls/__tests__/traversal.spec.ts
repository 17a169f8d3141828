import { keepTraversals, type ITraversed } from '../traversal';

/** A window with `count` entries in its history, at the one with that index. */
function fakeWindow(
  pathname: string,
  index: number,
  count: number,
  parent?: ITraversed
): ITraversed {
  const window = {
    location: { pathname },
    navigation: {
      currentEntry: { index },
      entries: () => Array.from({ length: count })
    }
  };
  return Object.assign(window, { parent: parent ?? window }) as ITraversed;
}

const LAB = '/demo/lab/index.html';
const APP = '/demo/asgi/shop/';

/** The calls that reach the browser. */
function callsFrom(
  page: ITraversed,
  call: (history: History) => void
): unknown[][] {
  const calls: unknown[][] = [];
  const prototype = {
    back: (...args: unknown[]) => calls.push(['back', ...args]),
    forward: (...args: unknown[]) => calls.push(['forward', ...args]),
    go: (...args: unknown[]) => calls.push(['go', ...args])
  } as unknown as History;
  keepTraversals(prototype, page, '/demo/');
  call(prototype);
  return calls;
}

describe('a traversal in a panel', () => {
  const page = fakeWindow(APP, 1, 3, fakeWindow(LAB, 0, 1));

  it('goes where the frame has been', () => {
    const calls = callsFrom(page, history => {
      history.back();
      history.forward();
      history.go(-1);
      history.go();
      history.go(0);
    });
    expect(calls).toEqual([
      ['back'],
      ['forward'],
      ['go', -1],
      ['go'],
      ['go', 0]
    ]);
  });

  it('stays instead of moving the lab', () => {
    const calls = callsFrom(page, history => {
      history.go(-2);
      history.go(2);
    });
    expect(calls).toEqual([]);
  });

  it('may move an app that embeds the page', () => {
    const inner = fakeWindow(APP, 0, 1, page);
    expect(callsFrom(inner, history => history.back())).toEqual([['back']]);
  });
});

describe('a traversal elsewhere', () => {
  it.each([
    ['in a tab', fakeWindow(APP, 0, 1)],
    [
      'in a browser without the Navigation API',
      {
        location: { pathname: APP },
        parent: fakeWindow(LAB, 0, 1)
      } as ITraversed
    ],
    ['in a frame of an app', fakeWindow(APP, 0, 1, fakeWindow(APP, 0, 1))],
    [
      'in a page of another origin',
      {
        ...fakeWindow(APP, 0, 1),
        get parent(): ITraversed {
          throw new Error('SecurityError');
        }
      }
    ]
  ])('%s is left alone', (_, page) => {
    expect(callsFrom(page, history => history.back())).toEqual([['back']]);
  });
});
