import { LazyFiles } from '../lazyFiles';
import { bytesOf, FakeFileSystem } from './fakeFileSystem';

const bundle = [
  { path: '/app/lib/a.py', data: bytesOf('a = 1') },
  { path: '/app/b.txt', data: bytesOf('b') }
];

function setUp(load = jest.fn(() => bundle)) {
  const fileSystem = new FakeFileSystem();
  const lazy = new LazyFiles(
    fileSystem,
    bundle.map(({ path, data }) => [path, data.length] as const),
    load
  );
  return { fileSystem, lazy, load };
}

it('shows files and their sizes before their bytes are there', () => {
  const { fileSystem, lazy, load } = setUp();
  const { node } = fileSystem.lookupPath('/app/lib/a.py');
  expect(node.usedBytes).toBe(5);
  expect(lazy.complete).toBe(false);
  expect(load).not.toHaveBeenCalled();
});

it('loads all files once when the first is read', () => {
  const { fileSystem, lazy, load } = setUp();
  expect(fileSystem.read('/app/b.txt')).toBe('b');
  expect(fileSystem.read('/app/lib/a.py')).toBe('a = 1');
  expect(fileSystem.read('/app/lib/a.py')).toBe('a = 1');
  expect(load).toHaveBeenCalledTimes(1);
  expect(lazy.complete).toBe(true);
});

it('does not load what was provided', () => {
  const { fileSystem, lazy, load } = setUp();
  lazy.provide(bundle);
  expect(fileSystem.read('/app/lib/a.py')).toBe('a = 1');
  expect(load).not.toHaveBeenCalled();
  expect(lazy.complete).toBe(true);
});

it('leaves files alone that Python has written or removed', () => {
  const { fileSystem, lazy, load } = setUp();
  fileSystem.writeFile('/app/b.txt', bytesOf('mine'));
  fileSystem.remove('/app/lib/a.py');
  lazy.provide(bundle);
  expect(fileSystem.read('/app/b.txt')).toBe('mine');
  expect(() => fileSystem.lookupPath('/app/lib/a.py')).toThrow();
  expect(load).not.toHaveBeenCalled();
});

it('lets the read fail if the bytes cannot be loaded, and tries again', () => {
  const load = jest.fn(() => bundle);
  load.mockImplementationOnce(() => {
    throw new Error('offline');
  });
  const { fileSystem } = setUp(load);
  expect(() => fileSystem.read('/app/b.txt')).toThrow('errno 29');
  expect(fileSystem.read('/app/b.txt')).toBe('b');
});

it('lets the read fail if the bundle lacks the file', () => {
  const { fileSystem } = setUp(jest.fn(() => bundle.slice(1)));
  expect(() => fileSystem.read('/app/lib/a.py')).toThrow('errno 29');
});
