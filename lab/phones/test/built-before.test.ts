import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unlessBuiltBefore } from '../src/react-native/built-before.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'assay-built-'))
  for (const below of ['src/a', 'src/node_modules', 'src/target'])
    mkdirSync(path.join(folder, below), { recursive: true })
  write('src/a/one.kt', '1')
  write('output', '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text)
const look = (versions: unknown = '1.0') =>
  unlessBuiltBefore(path.join(folder, 'stamp'), { folders: [path.join(folder, 'src')], versions }, [
    path.join(folder, 'output'),
  ])

it('what was made of the same inputs is not made again, once that is remembered', () => {
  look()
  expect(look()).toBeDefined()
  look()?.remember()
  expect(look()).toBeUndefined()
  write('src/node_modules/a.js', 'installed')
  write('src/target/a.class', 'made')
  expect(look()).toBeUndefined()
})

it.each([
  ['a file that changes', () => write('src/a/one.kt', '2')],
  ['a file that is added', () => write('src/a/two.kt', '')],
  ['a file that is gone', () => rmSync(path.join(folder, 'src/a/one.kt'))],
  ['an output that is gone', () => rmSync(path.join(folder, 'output'))],
])('%s has it made again', (_, change) => {
  look()?.remember()
  change()
  expect(look()).toBeDefined()
})

it('another version has it made again', () => {
  look()?.remember()
  expect(look('1.1')).toBeDefined()
})
