import { LazyFiles } from '../lazyFiles';
import { restoreFile, WrittenFiles } from '../writtenFiles';
import { bytesOf, FakeFileSystem } from './fakeFileSystem';

function setUp() {
  const fileSystem = new FakeFileSystem();
  fileSystem.mkdirTree('/app');
  fileSystem.mkdirTree('/dev');
  fileSystem.writeFile('/app/given.py', bytesOf('given'));
  const load = jest.fn(() => [{ path: '/app/late.py', data: bytesOf('late') }]);
  const lazy = new LazyFiles(fileSystem, [['/app/late.py', 4]], load);
  const written = new WrittenFiles(fileSystem);
  fileSystem.time = 2;
  return { fileSystem, lazy, load, written };
}

it('leaves out what was given, also if it came late', () => {
  const { lazy, load, written } = setUp();
  expect(written.copy()).toEqual({ folders: [], files: [] });
  expect(load).not.toHaveBeenCalled();
  lazy.provide(load());
  expect(written.copy()).toEqual({ folders: [], files: [] });
});

it('copies new and changed files', () => {
  const { fileSystem, written } = setUp();
  fileSystem.mkdirTree('/tmp/empty');
  fileSystem.writeFile('/tmp/new', bytesOf('new'));
  fileSystem.writeFile('/app/given.py', bytesOf('mine!'));
  const { folders, files } = written.copy();
  expect(folders).toEqual(['/tmp', '/tmp/empty']);
  expect(files).toEqual([
    { path: '/app/given.py', data: bytesOf('mine!'), inode: 3 },
    { path: '/tmp/new', data: bytesOf('new'), inode: 7 }
  ]);
  const { node } = fileSystem.lookupPath('/tmp/new');
  (node.contents as Uint8Array).fill(0);
  expect(files[1]!.data).toEqual(bytesOf('new'));
});

it('copies only what is used of the room of a file', () => {
  const { fileSystem, written } = setUp();
  fileSystem.writeFile('/grown', bytesOf('abc'));
  fileSystem.lookupPath('/grown').node.usedBytes = 2;
  expect(written.copy().files).toEqual([
    { path: '/grown', data: bytesOf('ab'), inode: 5 }
  ]);
});

it('sees that a file was cut', () => {
  const { fileSystem, written } = setUp();
  fileSystem.lookupPath('/app/given.py').node.usedBytes = 0;
  expect(written.copy().files).toEqual([
    { path: '/app/given.py', data: new Uint8Array(0), inode: 3 }
  ]);
});

it('leaves out compiled code and devices', () => {
  const { fileSystem, written } = setUp();
  fileSystem.mkdirTree('/app/__pycache__');
  fileSystem.writeFile('/app/__pycache__/given.pyc', bytesOf('code'));
  fileSystem.writeFile('/dev/tty1', bytesOf(''));
  Object.assign(fileSystem.lookupPath('/dev/tty1').node, { mode: 0o020000 });
  expect(written.copy()).toEqual({ folders: [], files: [] });
});

it('writes files again, with an inode that no other gets', () => {
  const { fileSystem } = setUp();
  restoreFile(fileSystem, { path: '/new', data: bytesOf('new'), inode: 70 });
  fileSystem.writeFile('/next', bytesOf('next'));
  expect(fileSystem.read('/new')).toBe('new');
  expect(fileSystem.lookupPath('/new').node.id).toBe(70);
  expect(fileSystem.lookupPath('/next').node.id).toBe(71);
});
