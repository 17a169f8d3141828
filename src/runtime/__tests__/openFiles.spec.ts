import { keepOpenFiles, reopenFiles } from '../openFiles';
import { bytesOf, FakeFileSystem } from './fakeFileSystem';

function setUp(): FakeFileSystem {
  const fileSystem = new FakeFileSystem();
  for (const fd of [0, 1, 2]) {
    const node = { id: 99, mode: 0o020000, mtime: 0, node_ops: {} };
    const path = `/dev/${fd}`;
    fileSystem.streams[fd] = { fd, flags: 0, node, path, position: 0 };
  }
  fileSystem.writeFile('/one', bytesOf('1'));
  fileSystem.writeFile('/two', bytesOf('2'));
  return fileSystem;
}

it('opens files again where they were', () => {
  const before = setUp();
  before.open('/one', 0);
  before.open('/two', 0o1102).position = 5;
  before.closeStream(3);
  const kept = keepOpenFiles(before);
  expect(kept).toEqual([{ fd: 4, path: '/two', flags: 0o1102, position: 5 }]);

  const after = setUp();
  reopenFiles(after, kept);
  expect(after.streams[3]).toBeNull();
  expect(after.streams[4]).toMatchObject({
    fd: 4,
    flags: 0o2, // It is neither created nor cut again.
    path: '/two',
    position: 5
  });
});

it('refuses what is no file', () => {
  const fileSystem = setUp();
  const node = { id: 99, mode: 0o140000 & ~0o100000, mtime: 0, node_ops: {} };
  fileSystem.streams[3] = { fd: 3, flags: 2, node, path: '', position: 0 };
  expect(() => keepOpenFiles(fileSystem)).toThrow(
    'close a pipe or socket after'
  );
});

it('refuses files that were removed or replaced', () => {
  const fileSystem = setUp();
  fileSystem.open('/one', 0);
  fileSystem.open('/two', 0);
  fileSystem.remove('/one');
  fileSystem.remove('/two');
  fileSystem.writeFile('/two', bytesOf('another'));
  expect(() => keepOpenFiles(fileSystem)).toThrow('close /one, /two after');
});
