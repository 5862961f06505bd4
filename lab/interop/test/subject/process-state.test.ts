import { createServer } from 'node:http'
import os from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { rememberProcess } from '../../src/subject/process-state.ts'
import { runSubject } from '../../src/subject/subject.ts'

const passed = [{ name: 'a' }]
const undo: (() => unknown)[] = []

afterEach(async () => {
  for (const each of undo.splice(0)) await each()
})

test('a process that stays as it was has no changes', async () => {
  expect(await rememberProcess()()).toEqual([])
})

test('variables, globals and the working directory are named, without values, and put back', async () => {
  const { fetch } = globalThis
  const directory = process.cwd()
  process.env['ASSAY_KEPT'] = 'before'
  undo.push(() => delete process.env['ASSAY_KEPT'])
  const changesOf = rememberProcess()
  process.env['ASSAY_KEPT'] = 'secret'
  process.env['ASSAY_ADDED'] = 'secret'
  process.chdir(os.tmpdir())
  globalThis.fetch = () => Promise.reject(new Error('replaced'))
  Object.assign(globalThis, { added: 1 })
  expect(await changesOf()).toEqual([
    'the environment variable ASSAY_KEPT',
    'the environment variable ASSAY_ADDED',
    'the working directory',
    'the global fetch',
    'the global added',
  ])
  expect(process.env['ASSAY_KEPT']).toBe('before')
  expect(process.env['ASSAY_ADDED']).toBeUndefined()
  expect(process.cwd()).toBe(directory)
  expect(globalThis.fetch).toBe(fetch)
  expect('added' in globalThis).toBe(false)
})

test('a package may add its own registered symbol, and may not replace one', async () => {
  const own = Symbol.for('assay.test')
  const changesOf = rememberProcess()
  Reflect.set(globalThis, own, 1)
  undo.push(() => Reflect.deleteProperty(globalThis, own))
  expect(await changesOf()).toEqual([])
  const changesAfter = rememberProcess()
  Reflect.set(globalThis, own, 2)
  expect(await changesAfter()).toEqual(['the global Symbol(assay.test)'])
})

test('a subject that leaves a server open, or a variable set, has failed', async () => {
  const run = async () => {
    const server = createServer()
    undo.push(() => server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    process.env['ASSAY_ADDED'] = '1'
    return passed
  }
  expect(await runSubject({ id: 'x', run })).toEqual({
    row: { subject: 'x', passed: 1, failed: 1, skipped: 0 },
    remarks: [
      'x: leaves the process as it was: the environment variable ASSAY_ADDED, an open handle (TCPServerWrap)',
    ],
  })
})

test('packages that a subject loads first may bring globals', async () => {
  const load = async () => {
    Object.assign(globalThis, { polyfill: 1 })
    undo.push(() => Reflect.deleteProperty(globalThis, 'polyfill'))
  }
  expect((await runSubject({ id: 'x', load, run: async () => passed })).row.failed).toBe(0)
})
