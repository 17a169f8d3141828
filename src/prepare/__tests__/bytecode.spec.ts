import { bytecodePath, moduleIndex } from '../bytecode';

describe('bytecodePath', () => {
  it('is where Python looks', () => {
    expect(bytecodePath('/app/lib/kit/__init__.py', 'cpython-314')).toBe(
      '/app/lib/kit/__pycache__/__init__.cpython-314.pyc'
    );
  });
});

describe('moduleIndex', () => {
  it('has the modules of the folders whose bytecode is there', () => {
    const paths = [
      '/app/shop.py',
      '/app/__pycache__/shop.cpython-314.pyc', // whose source may change
      '/app/lib/kit/__pycache__/__init__.cpython-314.pyc',
      '/app/lib/kit/parts/__pycache__/nut.cpython-314.pyc',
      '/app/lib/kit/bolt.py',
      '/lib/python3.14/__pycache__/enum.cpython-314.pyc'
    ];
    const files = paths.map(path => ({ path, data: new Uint8Array(0) }));
    const folders = ['/app/lib/', '/lib/python3.14/'];
    const { path, data } = moduleIndex(files, folders, '/lib/python3.14/');
    expect(path).toBe('/lib/python3.14/sitecustomize.txt');
    expect(
      new TextDecoder()
        .decode(data)
        .split('\n')
        .map(line => line.split('\t'))
    ).toEqual([
      ['kit', '/app/lib/kit/__init__.py', paths[2]],
      ['kit.parts.nut', '/app/lib/kit/parts/nut.py', paths[3]],
      ['enum', '/lib/python3.14/enum.py', paths[5]],
      ['']
    ]);
  });
});
