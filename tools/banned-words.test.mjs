/** The canary of the banned words: each is planted where it is banned, and in every place that is free. */
import { ESLint, Linter } from 'eslint'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import tseslint from 'typescript-eslint'
import { expect, test } from 'vitest'
import { bannedWords } from './banned-word-list.mjs'
import { bannedIn, bannedWordsPlugin, checkPages } from './banned-words.mjs'

const root = path.resolve(import.meta.dirname, '..')

/** Lies in no folder where a word is still being renamed. */
const free = 'packages/verifier/tokens/src/planted.ts'

const config = {
  files: ['**/*.ts'],
  languageOptions: { parser: tseslint.parser },
  plugins: { assay: bannedWordsPlugin },
  rules: { 'assay/banned-words': 'error' },
}

const reported = (text, file = free) =>
  new Linter({ configType: 'flat', cwd: root })
    .verify(text, [config], { filename: path.join(root, file) })
    .map(({ message }) => /^"(.+)" is banned/.exec(message)?.[1] ?? message)

const capitalised = (word) => word.replaceAll(/(?:^| )(.)/g, (_, letter) => letter.toUpperCase())
const words = bannedWords.flatMap(({ words = [], ...entry }) => words.map((word) => ({ ...entry, word })))
const types = bannedWords.flatMap(({ types = [], ...entry }) => types.map((type) => ({ ...entry, type })))

test('every word is reported in names of each kind', () => {
  for (const { row, word } of words) {
    const name = capitalised(word)
    const list = bannedWords.filter((entry) => entry.row === row)
    for (const text of [
      `const a${name}B = 1`,
      `const a = b.the${name}`,
      `const a = { the${name}: 1 }`,
      `class A { #the${name} = 1 }`,
      `interface ${name}Of {}`,
      `import { a${name} } from 'b'`,
    ]) {
      const found = reported(text)
      expect(found.length, text).toBeGreaterThan(0)
      for (const one of found) expect(list[0].words, text).toContain(one)
    }
  }
})

test('every word is reported in names of files', () => {
  for (const { word } of words) {
    const file = `packages/verifier/tokens/src/a-${word.replaceAll(' ', '-')}.ts`
    expect(
      checkPages([file], () => ''),
      file,
    ).toHaveLength(1)
    expect(
      checkPages([`docs-of/A${capitalised(word)}.kt`], () => ''),
      word,
    ).toHaveLength(1)
  }
})

test('a word of text is reported in comments and on pages, another only in names', () => {
  for (const { word, text = false } of words) {
    const sentence = `What ${word.toUpperCase()} means.`
    for (const comment of [`// ${sentence}`, `/** ${sentence} */`])
      expect(reported(comment), comment).toHaveLength(text ? 1 : 0)
    expect(
      checkPages(['README.md'], () => sentence),
      sentence,
    ).toHaveLength(text ? 1 : 0)
  }
})

test('a name of a type is reported in every form of declaration, and alone', () => {
  for (const { type, exported = false } of types) {
    for (const text of [`interface ${type} {}`, `type ${type} = 1`, `class ${type} {}`, `enum ${type} {}`]) {
      expect(reported(`export ${text}`), text).toEqual([type])
      expect(reported(text), text).toEqual(exported ? [] : [type])
    }
    expect(reported(`type B = 1\nexport type { B as ${type} }`)).toEqual([type])
    expect(reported(`export interface More${type} { a: ${type} }`)).toEqual([])
  }
})

test('names of the wire and of the store are free', () => {
  expect(reported('const a = { hearsay: 1 }\nconst b = c.hearsay')).toEqual([])
  for (const { word } of words) {
    const stored = word.replaceAll(' ', '_')
    expect(reported(`const a = b.${stored}_c`), stored).toEqual([])
    expect(reported(`const a = '${word}' + \`the ${word}\``), word).toEqual([])
  }
})

test('what is in backticks is a name, and free in text', () => {
  for (const { word } of words) {
    expect(reported(`/** What \`${word}\` means. */`), word).toEqual([])
    for (const page of [`\`${word}\``, `[a](b-${word.replaceAll(' ', '-')}.md)`, `\`\`\`\n${word}\n\`\`\``])
      expect(
        checkPages(['README.md'], () => page),
        page,
      ).toEqual([])
  }
})

test('a word that only contains a banned one is free', () => {
  for (const text of ['const returned = 1', 'const space = 1', 'const masked = spacer', '// a workspace'])
    expect(reported(text), text).toEqual([])
  expect(checkPages(['docs/workspace-of-entries.md'], () => 'They share a workspace.')).toEqual([])
})

test('a verdict is one of Google Play', () => {
  expect(reported('export type Verdict = 1', 'packages/verifier/evidence/src/play-integrity/a.ts')).toEqual(
    [],
  )
})

test('pages that quote the words are free', () => {
  for (const page of ['docs/glossary.md', 'CHANGELOG.md'])
    expect(
      checkPages([page], () => 'A wish.'),
      page,
    ).toEqual([])
})

test('a word is free only in the files where it is a name that stays', () => {
  const list = [{ row: 'a', words: ['wish'], outside: /^apps\/service\// }]
  expect(bannedIn('apps/service/src/a.ts', list)).toEqual([])
  expect(bannedIn('apps/service-more/a.ts', list)).toEqual(list)
})

test('the config of the project has the rule for every source, test, tool and example', async () => {
  const eslint = new ESLint({ cwd: root })
  for (const file of [
    'packages/shared/protocol/src/a.ts',
    'apps/console/src/a.tsx',
    'lab/measure/test/faults/a.test.ts',
    'tools/a.mjs',
    'tools/testing/a.ts',
    'examples/a/b.js',
    'eslint.config.js',
  ]) {
    const { rules } = await eslint.calculateConfigForFile(path.join(root, file))
    expect(rules['assay/banned-words'], file).toEqual([2])
  }
})

test('the list has the rows that the glossary bans, and no others', () => {
  const glossary = readFileSync(path.join(root, 'docs/glossary.md'), 'utf8')
  const rows = glossary
    .slice(glossary.indexOf('## Renames'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const banned = rows.filter(([, , , lint]) => lint.includes('banned'))
  expect(bannedWords.map(({ row }) => row)).toEqual(banned.map(([, old]) => old))
  for (const [i, [, old, , lint]] of banned.entries()) {
    const { types = [], text = false } = bannedWords[i]
    expect(text, old).toBe(/^banned$|^banned, but for/.test(lint))
    expect(types.length > 0, old).toBe(/type/.test(lint))
  }
})
