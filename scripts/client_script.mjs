// Bundle the client script, and write it as the module from which the worker
// takes its text: `client_script.mjs`, with `--watch` to go on doing so.
import { writeFileSync } from 'node:fs';

import { context } from 'esbuild';

const writeModule = {
  name: 'write-module',
  setup(build) {
    build.onEnd(({ outputFiles }) => {
      // In an inline script, the end tag would end it.
      const text = outputFiles[0]?.text.trim().replaceAll('</', '<\\/');
      if (text) {
        writeFileSync(
          'src/_client.ts',
          `export const client = ${JSON.stringify(text)};\n`
        );
      }
    });
  }
};

const building = await context({
  entryPoints: ['src/client/index.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
  plugins: [writeModule]
});
await building.rebuild();
if (process.argv.includes('--watch')) {
  await building.watch();
} else {
  await building.dispose();
}
