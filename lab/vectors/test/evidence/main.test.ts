import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const main = path.resolve(import.meta.dirname, '../../dist/main.js')

test('a place that is not there is named, with exit code 2', () => {
  const run = spawnSync(process.execPath, [main, '/nope'], { encoding: 'utf8' })
  expect(run.status).toBe(2)
  expect(run.stderr).toMatch(/^there is no file or folder \/nope\nusage: npm run vectors -- DIR\n/)
  expect(run.stdout).toBe('')
})
