import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const main = path.resolve(import.meta.dirname, '../dist/main.js')

test('wrong arguments end it with code 2, and nothing on standard output', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--only', 'no-such-attack'], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('npm run attacks')
})
