import { partition } from '../partition';

const file = (path: string) => ({ path, data: new Uint8Array(0) });

describe('partition', () => {
  it('takes what was opened, and the modules of the app, first', () => {
    const paths = [
      '/app/shop.py',
      '/app/picture.png',
      '/app/lib/kit/__init__.py',
      '/app/lib/kit/__pycache__/__init__.cpython-314.pyc',
      '/lib/python3.14/enum.py'
    ];
    const { first, rest } = partition(paths.map(file), new Set([paths[3]!]));
    expect(first.map(({ path }) => path)).toEqual([paths[0], paths[3]]);
    expect(rest.map(({ path }) => path)).toEqual([
      paths[1],
      paths[2],
      paths[4]
    ]);
  });
});
