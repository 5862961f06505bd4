/** The canary of `.oxlintrc.json`: the rules that need types report what they are for, in sources and in tests. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const require = createRequire(import.meta.url)
const program = path.join(path.dirname(require.resolve('oxlint/package.json')), 'bin/oxlint')
let folder = ''

const faults = {
  'no-floating-promises': 'wait()',
  'no-misused-promises': 'if (wait()) console.log(1)',
  'await-thenable': 'await 1',
  'no-unsafe-assignment': 'export const a: string = anything',
  'no-unsafe-call': 'anything()',
  'no-unsafe-member-access': 'anything.member',
  'no-unsafe-argument': 'take(anything)',
  'no-unsafe-return': 'export const give = (): string => anything',
  'only-throw-error': "throw 'text'",
  'switch-exhaustiveness-check': "switch (kind) { case 'a': break }",
  'no-unnecessary-type-assertion': 'take(text!)',
  'restrict-template-expressions': 'take(`${{}}`)',
  'no-base-to-string': 'take(String({}))',
}
const preamble = `declare const anything: any
declare const kind: 'a' | 'b'
declare const text: string
declare function wait(): Promise<boolean>
declare function take(text: string): void
`

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-oxlint-'))
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'))
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        target: 'ES2022',
        module: 'NodeNext',
        lib: ['ES2023', 'DOM'],
        types: [],
      },
    }),
  )
  for (const of of ['src', 'test']) {
    mkdirSync(path.join(folder, 'apps/planted', of), { recursive: true })
    for (const [rule, fault] of Object.entries(faults))
      writeFileSync(path.join(folder, 'apps/planted', of, `${rule}.ts`), `${preamble}${fault}\nexport {}\n`)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('each rule reports its fault; tests may use what has no type', () => {
  const { status, stdout } = spawnSync(process.execPath, [program, '--type-aware', '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  const found = JSON.parse(stdout).diagnostics.map(({ code, filename }) => `${filename} ${code}`)
  for (const rule of Object.keys(faults)) {
    const line = (of) => `apps/planted/${of}/${rule}.ts typescript(${rule})`
    expect(found).toContain(line('src'))
    if (rule.startsWith('no-unsafe-')) expect(found).not.toContain(line('test'))
    else expect(found).toContain(line('test'))
  }
})
