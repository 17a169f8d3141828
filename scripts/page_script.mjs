// Bundles the page script into src/_client.ts, a module that exports its text to
// the worker. With `--watch`, rebuilds it after each change.
import { writeFileSync } from 'node:fs';

import { context } from 'esbuild';

// Text that ends an inline script or hides its end (WHATWG HTML, section 4.12.1.3),
// or that depends on the page's encoding. esbuild escapes `</script`.
const FORBIDDEN = /<\/script|<!--|[^\t\n -~]/i;

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
          errors: [
            { text: `The page script cannot be inline: rewrite ${near}` }
          ]
        };
      }
      writeFileSync(
        'src/_client.ts',
        `export const pageScript = ${JSON.stringify(text)};\n`
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
