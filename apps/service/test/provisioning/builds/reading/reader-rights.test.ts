import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBuildReader } from '../../../../src/provisioning/builds/reading/build-reader.ts'
import { withheldFromReader } from '../../../../src/provisioning/builds/reading/reader-rights.ts'

/** Replaces the reader, as if a hostile build had taken it over, and reports what it was able to do. */
const intruder = `
import fs from 'node:fs'
const [blobs] = process.argv.slice(2)
const data = blobs + '/..'
const steps = {
  upload: () => fs.readFileSync(data + '/uploads/1', 'utf8'),
  incoming: () => fs.writeFileSync(blobs + '/incoming/1-0-1', 'x'),
  module: async () => (await import('./own.mjs')).isOwn,
  installed: async () => (await import('saxes')).SaxesParser !== undefined,
  database: () => fs.readFileSync(data + '/assay.db', 'utf8'),
  settings: () => fs.readFileSync(data + '/../sealing.key', 'utf8'),
  blob: () => fs.readFileSync(blobs + '/00/blob', 'utf8'),
  replace: () => fs.writeFileSync(blobs + '/00/blob', 'y'),
  list: () => fs.readdirSync(data),
  process: async () => (await import('node:child_process')).execFileSync('true'),
  thread: async () => new (await import('node:worker_threads')).Worker('', { eval: true }),
}
process.on('message', async () => {
  const done = []
  for (const [name, step] of Object.entries(steps)) {
    try { await step(); done.push(name) } catch {}
  }
  process.send({ kind: 'failed', message: JSON.stringify({ done, environment: Object.keys(process.env) }) })
})
`

let root: string
beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'assay-reader-rights-'))
  for (const folder of ['data/uploads', 'data/blobs/incoming', 'data/blobs/00', 'code/bin'])
    mkdirSync(path.join(root, folder), { recursive: true })
  for (const file of ['data/assay.db', 'sealing.key', 'data/uploads/1', 'data/blobs/00/blob'])
    writeFileSync(path.join(root, file), 'content')
  writeFileSync(path.join(root, 'code/bin/intruder.mjs'), intruder)
  writeFileSync(path.join(root, 'code/bin/own.mjs'), 'export const isOwn = true')
  symlinkSync(path.resolve('node_modules'), path.join(root, 'code/node_modules'))
  symlinkSync(path.join(root, 'data'), path.join(root, 'linked'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function intrude(folder: string): Promise<{ done: string[]; environment: string[] }> {
  const data = path.join(root, folder)
  const reader = createBuildReader({
    program: pathToFileURL(path.join(root, 'code/bin/intruder.mjs')),
    blobFolder: path.join(data, 'blobs'),
    blobs: { adopt: async () => undefined, discard: async () => undefined, forget: () => undefined },
    uploadFolder: path.join(data, 'uploads'),
    seconds: 60,
    memory: 64,
  })
  const web = { format: 'web', coverage: undefined } as const
  const answer = await reader.read(path.join(data, 'uploads/1'), web, async () => '').catch(String)
  await reader.close()
  return JSON.parse(answer.replace(/^Error: /, '')) as { done: string[]; environment: string[] }
}

describe('a process that reads builds', () => {
  it.each(['data', 'linked'])(
    'reads uploads and its own code, and writes what has no name yet: %s',
    async (folder) => {
      expect(withheldFromReader.files).toBe(true)
      const { done } = await intrude(folder)
      expect(done).toEqual(['upload', 'incoming', 'module'])
    },
  )

  it('has nothing of the environment of the service', async () => {
    const before = process.env.ASSAY_API_KEY
    process.env.ASSAY_API_KEY = 'x'
    try {
      expect((await intrude('data')).environment.filter((name) => name.startsWith('ASSAY'))).toEqual([])
    } finally {
      if (before === undefined) delete process.env.ASSAY_API_KEY
      else process.env.ASSAY_API_KEY = before
    }
  })
})
