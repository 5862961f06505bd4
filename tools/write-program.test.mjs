import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeProgram } from './write-program.mjs'

const now = 1_800_000_000_000
const at = (file, milliseconds) => utimesSync(file, milliseconds / 1000, milliseconds / 1000)
const program = (chunk, text) =>
  new Map([
    [chunk, text],
    ['main.mjs', `import './${chunk}'`],
  ])

let folder
const file = (name) => path.join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-write-program-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('writes what has changed and leaves the rest untouched', () => {
  writeProgram(folder, program('a.mjs', '1'), now)
  at(file('a.mjs'), now - 5000)
  at(file('main.mjs'), now - 5000)
  writeProgram(folder, program('a.mjs', '2'), now)
  expect(readdirSync(folder)).toEqual(['a.mjs', 'main.mjs'])
  expect(readFileSync(file('a.mjs'), 'utf8')).toBe('2')
  expect(statSync(file('main.mjs')).mtimeMs).toBe(now - 5000)
})

it('keeps files that a running process may still load, for a day', () => {
  writeProgram(folder, program('old.mjs', '1'), now)
  writeFileSync(file('main.mjs.1'), 'another process is writing it')
  for (const name of ['old.mjs', 'main.mjs.1']) at(file(name), now - 86_400_000)
  writeProgram(folder, program('new.mjs', '2'), now)
  expect(readdirSync(folder)).toEqual(['main.mjs', 'main.mjs.1', 'new.mjs', 'old.mjs'])
  writeProgram(folder, program('new.mjs', '2'), now + 1)
  expect(readdirSync(folder)).toEqual(['main.mjs', 'new.mjs'])
})

it('writes the entry file after all files that it loads', () => {
  const files = new Map([
    ['chunk.mjs', '1'],
    ['missing/chunk.mjs', '2'],
    ['main.mjs', '3'],
  ])
  expect(() => writeProgram(folder, files, now)).toThrow('ENOENT')
  expect(readdirSync(folder)).toEqual(['chunk.mjs'])
})
