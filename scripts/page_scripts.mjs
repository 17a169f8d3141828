// Bundles the scripts that the worker puts into pages, each into a module that exports
// its text. With `--watch`, rebuilds them after each change.
import { writeFileSync } from 'node:fs';

import { context } from 'esbuild';

const SCRIPTS = [
  {
    entry: 'src/client/index.ts',
    module: 'src/_client.ts',
    name: 'pageScript'
  },
  {
    entry: 'src/waiting/index.ts',
    module: 'src/_waiting.ts',
    name: 'waitingScript'
  }
];

// Text that ends an inline script or hides its end (WHATWG HTML, section 4.12.1.3),
// or that depends on the page's encoding. esbuild escapes `</script`.
const FORBIDDEN = /<\/script|<!--|[^\t\n -~]/i;

const writeModule = ({ module, name }) => ({
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
          errors: [{ text: `${module} cannot be inline: rewrite ${near}` }]
        };
      }
      writeFileSync(
        module,
        `export const ${name} = ${JSON.stringify(text)};\n`
      );
    });
  }
});

for (const script of SCRIPTS) {
  const building = await context({
    entryPoints: [script.entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    charset: 'ascii',
    logLevel: 'warning',
    plugins: [writeModule(script)]
  });
  await building.rebuild();
  if (process.argv.includes('--watch')) {
    await building.watch();
  } else {
    await building.dispose();
  }
}
