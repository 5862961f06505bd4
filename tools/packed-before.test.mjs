import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packedBefore } from './packed-before.mjs'

const packages = ['codec', 'guard', 'protocol'].map((dir) => ({ name: `@assay/${dir}`, dir }))

let root
const write = (file, text) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), text)
}
const look = () => packedBefore(root, path.join(root, 'memory.json'), [path.join(root, 'rules')], packages)
const changed = () => look().changed.map(({ dir }) => dir)

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'assay-packed-before-'))
  write('rules', '1')
  for (const { dir } of packages) write(`${dir}/dist/index.js`, dir)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('finds every package changed until they are remembered, and then none', () => {
  expect(changed()).toEqual(['codec', 'guard', 'protocol'])
  expect(changed()).toEqual(['codec', 'guard', 'protocol'])
  look().remember()
  expect(changed()).toEqual([])
})

it.each([
  ['another text', () => write('codec/dist/index.js', 'other')],
  ['one file more', () => write('codec/README.md', 'codec')],
  ['one file less', () => rmSync(path.join(root, 'codec/dist/index.js'))],
  [
    'the same under another name',
    () => {
      rmSync(path.join(root, 'codec/dist/index.js'))
      write('codec/dist/main.js', 'codec')
    },
  ],
])('finds a package changed by %s', (_, change) => {
  look().remember()
  change()
  expect(changed()).toEqual(['codec'])
})

it('finds the guard changed with the protocol, with which it is installed', () => {
  look().remember()
  write('protocol/dist/index.js', 'other')
  expect(changed()).toEqual(['guard', 'protocol'])
})

it('finds all packages changed if the rules have changed', () => {
  look().remember()
  write('rules', '2')
  expect(changed()).toEqual(['codec', 'guard', 'protocol'])
})

it('finds all packages changed if its memory is truncated', () => {
  look().remember()
  write('memory.json', '{"@assay')
  expect(changed()).toEqual(['codec', 'guard', 'protocol'])
})

it('ignores files that are not packed', () => {
  look().remember()
  write('codec/test/index.test.ts', '1')
  write('codec/node_modules/a/index.js', '1')
  write('codec/dist/.tsbuildinfo', '1')
  expect(changed()).toEqual([])
})

it('finds the packages of all SDKs changed with one of them, whose types name the others', () => {
  const all = ['client', 'guard', 'react-native'].map((dir) => ({ name: `@assay/${dir}`, dir }))
  const see = () => packedBefore(root, path.join(root, 'sdks.json'), [path.join(root, 'rules')], all)
  for (const { dir } of all) write(`${dir}/dist/index.js`, dir)
  see().remember()
  write('react-native/dist/index.js', 'other')
  expect(see().changed.map(({ dir }) => dir)).toEqual(['client', 'react-native'])
})
