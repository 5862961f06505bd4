import tseslint from 'typescript-eslint'
import { bannedWordsPlugin } from './tools/banned-words.mjs'
import { noChance, noClock, noSharedHooks } from './tools/testing/no-chance.mjs'

const sources = ['packages/*/*/src/**/*.ts', 'apps/*/src/**/*.{ts,tsx}', 'lab/*/src/**/*.ts']
const tests = ['packages/*/*/test/**/*.ts', 'apps/*/test/**/*.ts', 'lab/*/test/**/*.ts']

const namedExports = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: [...sources, ...tests],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        // One program for all: with one for each package they took more memory than Node gives itself.
        project: 'tsconfig.lint.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // The guard's own signal: its one catch reads no stack, and an Error would record one for each refused request.
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'file', name: 'GuardRefusal' }] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Ports are objects of functions that use no `this`; the rule cannot tell them from methods.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', namedExports],
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: [...sources, ...tests, 'tools/**/*.mjs', 'examples/**/*.{js,mjs}', '*.js'],
    // The list, and the test that plants its words.
    ignores: ['tools/banned-word*.mjs'],
    plugins: { assay: bannedWordsPlugin },
    rules: { 'assay/banned-words': 'error' },
  },
  {
    files: ['tools/**/*.ts', '*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { assay: bannedWordsPlugin },
    rules: { 'assay/banned-words': 'error' },
  },
  {
    files: ['packages/*/*/src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock is passed in.' },
        { object: 'Math', property: 'random', message: 'Randomness is passed in.' },
      ],
    },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      'no-restricted-syntax': ['error', namedExports, ...noChance],
    },
  },
  {
    files: ['packages/*/*/test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...noChance, ...noClock] },
  },
  {
    files: tests,
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...noChance, ...noSharedHooks] },
  },
  {
    files: ['packages/*/*/test/**/*.ts'],
    // The page runs in a browser, whose clock nobody sets.
    ignores: ['**/*.test.ts', 'packages/attester/client/test/web/browser/page.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...noChance, ...noSharedHooks, ...noClock] },
  },
)
