const { CopyRspackPlugin } = require('@rspack/core');

module.exports = {
  // The builder empties its output directory, so the wheel for the kernel has to
  // come in through the bundler, with or without `--watch`.
  plugins: [
    new CopyRspackPlugin({ patterns: [{ from: 'build/kernel', to: 'pypi' }] })
  ],
  // BSD-3-Clause, as its package.json says, but the file is not in the package.
  ignoreWarnings: [/license file for @jupyter-notebook\/application/]
};
