// Bundle the client script, and write it as the module from which the worker
// takes its text: `client_script.mjs`, with `--watch` to go on doing so.
import { writeFileSync } from 'node:fs';

import { context } from 'esbuild';

// What ends an inline script or hides its end (WHATWG HTML, section 4.12.1.3), and
// what would be read otherwise in another encoding. esbuild sees to `</script`.
const FORBIDDEN = /<\/script|<!--|[^\t\n -~]/i;

const NOT_INLINE =
  'The client script has in it what no inline script can have.';

const writeModule = {
  name: 'write-module',
  setup(build) {
    build.onEnd(({ outputFiles }) => {
      const text = outputFiles[0]?.text.trim();
      if (!text) {
        return;
      }
      const found = FORBIDDEN.exec(text);
      if (found) {
        const near = text.slice(
          Math.max(0, found.index - 40),
          found.index + 20
        );
        return {
          errors: [{ text: `${NOT_INLINE} Write this otherwise: ${near}` }]
        };
      }
      writeFileSync(
        'src/_client.ts',
        `export const client = ${JSON.stringify(text)};\n`
      );
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
