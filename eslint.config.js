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
    // Without the rules that need types: `oxlint` has them (`.oxlintrc.json`), on the native compiler.
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
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
    rules: { 'no-restricted-syntax': ['error', namedExports, ...noChance] },
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
