import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const { bin, files } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  bin: { assay: string }
  files: string[]
}

test('what npm links is there before anything is built, and is packed', () => {
  expect(bin.assay).not.toContain('dist/')
  expect(files).toContain(bin.assay.split('/')[1])
})

test('it runs the program', () => {
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, bin.assay), '--help'], {
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toContain('Usage: assay')
})
