import fs from 'node:fs';

/** Return the functions of `compiler.py`, in a namespace of their own. */
export function compiler(pyodide) {
  const source = fs.readFileSync(
    new URL('compiler.py', import.meta.url),
    'utf8'
  );
  const globals = pyodide.toPy({ __name__: 'compiler' });
  pyodide.runPython(source, { globals, filename: 'compiler.py' });
  return {
    imported: globals.get('imported'),
    withBytecode: globals.get('with_bytecode')
  };
}
