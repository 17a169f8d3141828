import { deserializeGlobal, globalsSerializer } from '../globals';

class Scope {
  readonly fetch = () => undefined;
  readonly console = { log: () => undefined };
  get broken(): never {
    throw new TypeError('Illegal invocation');
  }
}

class Worker extends Scope {
  method(): void {}
}

const root = new Worker();

it('names globals, their properties and what is inherited', () => {
  const serialize = globalsSerializer(root);
  const values = [root, root.fetch, root.console.log, root.method];
  expect(values.map(serialize)).toEqual([
    { path: [] },
    { path: ['fetch'] },
    { path: ['console', 'log'] },
    { path: ['method'] }
  ]);
  for (const value of values) {
    const stored: unknown = JSON.parse(JSON.stringify(serialize(value)));
    expect(deserializeGlobal(stored, root)).toBe(value);
  }
});

it('knows the global object itself', () => {
  const serialize = globalsSerializer();
  expect(serialize(globalThis.Promise)).toEqual({ path: ['Promise'] });
  expect(serialize(globalThis.Object.keys)).toEqual({
    path: ['Object', 'keys']
  });
  expect(deserializeGlobal({ path: ['Promise'] })).toBe(Promise);
});

it.each([
  [new Map(), 'an object (Map)'],
  [function callback() {}, 'the function callback'],
  [(() => () => {})(), 'the function without a name']
])('refuses what is no global: %p', (value, kind) => {
  expect(() => globalsSerializer(root)(value)).toThrow(kind);
});

it.each([[['caches']], [['fetch', 'no', 'such']], [['broken']]])(
  'says what a browser lacks: %p',
  path => {
    expect(() => deserializeGlobal({ path }, root)).toThrow(path.join('.'));
  }
);
