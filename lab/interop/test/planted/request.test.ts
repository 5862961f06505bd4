import { expect, test } from 'vitest'
import { expectAllFail, runWith } from './run-planted.ts'

test('a request that throws fails one subject of each kind that sends requests, and leaves nothing open', () => {
  expectAllFail('request', ['gateway:nginx', 'oidc-provider:9.13', 'spring-boot:4.1', 'service:node-24'])
})

test('a change of the process fails the subject that makes it, and no other', () => {
  const { status, stderr, rows } = runWith('mess', ['guard:hono-4', 'oidc-provider:9.13'])
  expect(status).toBe(1)
  expect(stderr).toContain(
    'guard:hono-4: leaves the process as it was: the environment variable NODE_ENV, the global planted, an open handle (TCPServerWrap)',
  )
  expect(rows.map(({ failed }) => failed)).toEqual([1, 0])
  // The planted server listens on, and the command ends all the same.
  expect(stderr).toContain('Something that a subject left keeps the process open.')
})
