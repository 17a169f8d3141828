import { Files } from '../files';
import { bytesOf, FakeFileSystem } from './fakeFileSystem';

function setUp() {
  const fileSystem = new FakeFileSystem();
  return { fileSystem, files: new Files(fileSystem) };
}

it('makes files in new folders, and in the root', () => {
  const { fileSystem, files } = setUp();
  for (const path of ['/app/lib/a.py', '/app/lib/b.py', '/c.py']) {
    const node = files.make(path, bytesOf(path));
    expect(fileSystem.lookupPath(path).node).toBe(node);
    expect(fileSystem.isFile(node.mode)).toBe(true);
    expect(fileSystem.read(path)).toBe(path);
  }
});

it('makes each folder once', () => {
  const { fileSystem, files } = setUp();
  const mkdirTree = jest.spyOn(fileSystem, 'mkdirTree');
  ['/app/a.py', '/app/b.py', '/app/lib/c.py'].forEach(path =>
    files.make(path, bytesOf(''))
  );
  expect(mkdirTree.mock.calls).toEqual([['/app'], ['/app/lib']]);
});

it('replaces what is there', () => {
  const { fileSystem, files } = setUp();
  fileSystem.mkdirTree('/lib');
  fileSystem.writeFile('/lib/a.zip', bytesOf('before'));
  const { node } = fileSystem.lookupPath('/lib/a.zip');
  expect(files.make('/lib/a.zip', bytesOf('now'))).toBe(node);
  expect(fileSystem.read('/lib/a.zip')).toBe('now');
});
