import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect } from 'vitest'
import type { Row } from '../../src/subject/subject.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
const preload = path.join(import.meta.dirname, 'fault.mjs')

/** Runs the command as users do, with a fault planted in it by a module that is loaded first. */
export function runWith(planted: 'expectation' | 'request' | 'mess', subjects: readonly string[]) {
  const command = path.join(root, 'lab/interop/dist/main.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, command, '--json', '--only', subjects.join(',')],
    { encoding: 'utf8', env: { ...process.env, ASSAY_PLANTED: planted }, maxBuffer: 2 ** 26 },
  )
  const { rows } = JSON.parse(stdout) as { rows: readonly Row[] }
  return { status, stderr, rows }
}

/** Each subject has failed, none has left anything open, and the command has ended with 1. */
export function expectAllFail(planted: 'expectation' | 'request', subjects: readonly string[]): void {
  const { status, stderr, rows } = runWith(planted, subjects)
  expect(status, stderr).toBe(1)
  expect(rows.map(({ subject }) => subject)).toEqual(subjects)
  for (const { failed, skipped } of rows)
    if (skipped === 0 || process.env['ASSAY_REQUIRE_ALL'] === '1') expect(failed, stderr).toBeGreaterThan(0)
  expect(stderr).not.toContain('leaves the process as it was')
}
