import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-plugin-prettier/recommended';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default defineConfig([
  globalIgnores([
    '.venv',
    'build',
    'coverage',
    'dist',
    'jupyterlite_asgi/labextension',
    'jupyterlite_asgi/static',
    'lib',
    'src/_client.ts',
    'src/_waiting.ts',
    'src/_version.ts'
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended, jupyter.configs.recommended],
    plugins: { jupyter },
    languageOptions: {
      parserOptions: {
        project: [
          'tsconfig.json',
          'src/kernel/tsconfig.json',
          'src/prepare/tsconfig.json',
          'src/runtime/tsconfig.json',
          'src/worker/tsconfig.json',
          'ui-tests/worker/tsconfig.json'
        ],
        tsconfigRootDir: import.meta.dirname
      }
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      // Activation needs it at once, or the first notebook's events would be lost.
      'jupyter/prefer-lazy-imports': ['error', { ignoreImports: ['./comms', './methodGuard'] }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-arrow-callback': 'error'
    }
  },
  {
    // It has no JupyterLab, whose translations it would need.
    files: ['src/shell/**/*.ts'],
    rules: { 'jupyter/no-untranslated-string': 'off' }
  },
  {
    files: ['*.js'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node }
  },
  {
    files: ['scripts/*.mjs', 'jupyterlite_asgi/build/**/*.mjs'],
    languageOptions: { globals: globals.node }
  },
  {
    files: ['style/*.js'],
    languageOptions: { sourceType: 'module', globals: globals.browser }
  },
  prettier
]);
