import { returnFrames, rewriteFrames } from '../frames';
import {
  FakeElement,
  FakeTree,
  rewrite,
  rewriteFromRoot,
  REWRITTEN
} from './fakes';

/** An element that may be a frame, and may have frames in it. */
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
  constructor(tell: typeof change) {
    change = tell;
  }

  observe(): void {
    // The spec tells of the changes.
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

  it('that is added is led', () => {
    const frame = frameTo('/about');
    change([{ type: 'childList', addedNodes: ['text', frame] }]);
    expect(frame.getAttribute('src')).toBe(REWRITTEN);
  });

  it('in what is added is led', () => {
    const [outer, inner] = [new FakeNode('p'), frameTo('/about')];
    outer.frames = [inner];
    change([{ type: 'childList', addedNodes: [outer] }]);
    expect(inner.getAttribute('src')).toBe(REWRITTEN);
    expect(outer.getAttribute('src')).toBeNull();
  });

  it('that is sent elsewhere later is led', () => {
    const frame = frameTo('/about');
    change([{ type: 'attributes', target: frame, addedNodes: [] }]);
    expect(frame.getAttribute('src')).toBe(REWRITTEN);
  });

  it.each(['', REWRITTEN, 'https://elsewhere.org/'])(
    'at %j is left there',
    src => {
      const frame = frameTo(src);
      change([{ type: 'childList', addedNodes: [frame] }]);
      expect(frame.getAttribute('src')).toBe(src);
    }
  );
});

describe('what has loaded', () => {
  function load(contentWindow: unknown): void {
    const tree = new FakeTree();
    returnFrames(tree.asTarget, rewrite);
    const target = new FakeElement('iframe');
    tree.happen(new Event('load'), Object.assign(target, { contentWindow }));
  }

  it.each([
    ['https://example.org/about', [[REWRITTEN]]],
    [REWRITTEN, []],
    ['about:blank', []]
  ])('in a frame, %s, is brought back if it got out', (href, brought) => {
    const replace = jest.fn();
    load({ location: { href, replace } });
    expect(replace.mock.calls).toEqual(brought);
  });

  it('from another origin is left alone', () => {
    const location = {
      get href(): string {
        throw new DOMException('Blocked a frame', 'SecurityError');
      }
    };
    expect(() => load({ location })).not.toThrow();
  });

  it('in no frame is left alone', () => {
    expect(() => load(undefined)).not.toThrow();
  });
});
