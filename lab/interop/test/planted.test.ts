import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Row } from '../src/subject/subject.ts'

/** The command as it is run, with a fault planted in it by a module that is loaded first. */

const root = path.resolve(import.meta.dirname, '../../..')
const preload = path.join(import.meta.dirname, 'planted-fault.mjs')

function runWith(planted: 'expectation' | 'request' | 'mess', subjects: readonly string[]) {
  const command = path.join(root, 'lab/interop/dist/main.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, command, '--json', '--only', subjects.join(',')],
    { encoding: 'utf8', env: { ...process.env, ASSAY_PLANTED: planted }, maxBuffer: 2 ** 26 },
  )
  const { rows } = JSON.parse(stdout) as { rows: readonly Row[] }
  return { status, stderr, rows }
}

// One of each kind whose cases have an expectation in a file, then one of each kind that sends requests.
test.each([
  ['expectation', ['guard:node-20', 'guard:workerd', 'guard:http', 'guard:hono-4', 'sdk:typescript']],
  ['request', ['gateway:nginx', 'oidc-provider:9.13', 'spring-boot:4.1', 'service:node-24']],
] as const)(
  'a planted %s fails each subject, which leaves nothing open, and the command ends',
  (planted, subjects) => {
    const { status, stderr, rows } = runWith(planted, subjects)
    expect(status, stderr).toBe(1)
    expect(rows.map(({ subject }) => subject)).toEqual(subjects)
    for (const { failed, skipped } of rows)
      if (skipped === 0 || process.env['ASSAY_REQUIRE_ALL'] === '1') expect(failed, stderr).toBeGreaterThan(0)
    expect(stderr).not.toContain('leaves the process as it was')
  },
)

test('a planted change of the process fails the subject that makes it, and no other', () => {
  const { status, stderr, rows } = runWith('mess', ['guard:hono-4', 'oidc-provider:9.13'])
  expect(status).toBe(1)
  expect(stderr).toContain(
    'guard:hono-4: leaves the process as it was: the environment variable NODE_ENV, the global planted, an open handle (TCPServerWrap)',
  )
  expect(rows.map(({ failed }) => failed)).toEqual([1, 0])
})
