import { returnFrames, rewriteFrames } from '../frames';
import {
  FakeElement,
  FakeTree,
  rewrite,
  rewriteFromRoot,
  REWRITTEN
} from './fakes';

/** An element that may be a frame or contain frames. */
class FakeNode extends FakeElement {
  frames: FakeNode[] = [];

  matches(): boolean {
    return this.localName === 'iframe' && this.getAttribute('src') !== null;
  }

  querySelectorAll(): FakeNode[] {
    return this.frames;
  }
}

type Change = Partial<
  Record<'target' | 'addedNodes', unknown> & { type: string }
>;

let change: (changes: Change[]) => void;

class FakeObserver {
  constructor(callback: typeof change) {
    change = callback;
  }

  observe(): void {
    // Tests call `change` themselves.
  }
}

const frameTo = (src: string) => new FakeNode('iframe', { src });

describe('a frame', () => {
  beforeAll(() => {
    Object.assign(globalThis, {
      Element: FakeNode,
      MutationObserver: FakeObserver
    });
  });

  beforeEach(() => {
    rewriteFrames({} as Document, rewriteFromRoot);
  });

  it('that is added is rewritten', () => {
    const frame = frameTo('/about');
    change([{ type: 'childList', addedNodes: ['text', frame] }]);
    expect(frame.getAttribute('src')).toBe(REWRITTEN);
  });

  it('inside an added element is rewritten', () => {
    const [outer, inner] = [new FakeNode('p'), frameTo('/about')];
    outer.frames = [inner];
    change([{ type: 'childList', addedNodes: [outer] }]);
    expect(inner.getAttribute('src')).toBe(REWRITTEN);
    expect(outer.getAttribute('src')).toBeNull();
  });

  it('whose URL changes is rewritten', () => {
    const frame = frameTo('/about');
    change([{ type: 'attributes', target: frame, addedNodes: [] }]);
    expect(frame.getAttribute('src')).toBe(REWRITTEN);
  });

  it.each(['', REWRITTEN, 'https://elsewhere.org/'])(
    'at %j is left alone',
    src => {
      const frame = frameTo(src);
      change([{ type: 'childList', addedNodes: [frame] }]);
      expect(frame.getAttribute('src')).toBe(src);
    }
  );
});

describe('a loaded frame', () => {
  function load(contentWindow: unknown): void {
    const tree = new FakeTree();
    returnFrames(tree.asTarget, rewrite);
    const target = new FakeElement('iframe');
    tree.dispatch(new Event('load'), Object.assign(target, { contentWindow }));
  }

  it.each([
    ['https://example.org/about', [[REWRITTEN]]],
    [REWRITTEN, []],
    ['about:blank', []]
  ])('at %s is returned if it has left the app', (href, returned) => {
    const replace = jest.fn();
    load({ location: { href, replace } });
    expect(replace.mock.calls).toEqual(returned);
  });

  it('of another origin is left alone', () => {
    const location = {
      get href(): string {
        throw new DOMException('Blocked a frame', 'SecurityError');
      }
    };
    expect(() => load({ location })).not.toThrow();
  });

  it('may be another element, which is left alone', () => {
    expect(() => load(undefined)).not.toThrow();
  });
});
