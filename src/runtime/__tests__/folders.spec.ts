import { Folders } from '../folders';

it('makes each folder once', () => {
  const mkdirTree = jest.fn();
  const folders = new Folders({ mkdirTree });
  ['/app/lib/a.py', '/app/lib/b.py', '/app/c.py', '/d.py'].forEach(path =>
    folders.makeFor(path)
  );
  expect(mkdirTree.mock.calls).toEqual([['/app/lib'], ['/app'], ['/']]);
});
