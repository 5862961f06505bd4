import { expect, test } from 'vitest'
import { codeSections } from '../../src/faults/codes.ts'
import { cli } from '../fake-service.ts'

test('explain says of a code what it means, what to do, and what is fixed for it', async () => {
  const done = await cli(['explain', 'challenge_expired'])
  expect(done.status).toBe(0)
  expect(done.stdout).toMatch(/^Problems of the HTTP API\n {2}status: 400\n/)
  expect(done.stdout).toContain('What to do')
})

test.each(codeSections)('explain knows every code of $heading', async ({ heading, codes }) => {
  for (const [code, { meaning, action }] of codes) {
    const { explanations } = JSON.parse((await cli(['explain', code, '--json'])).stdout)
    expect(explanations).toContainEqual(expect.objectContaining({ section: heading, meaning, action }))
  }
})

test('explain tells of a code with two senses both', async () => {
  const { explanations } = JSON.parse((await cli(['explain', 'attestation_denied', '--json'])).stdout)
  expect(explanations.map(({ section }: { section: string }) => section)).toEqual([
    'Problems of the HTTP API',
    'SDK',
  ])
})

test('explain without a code lists them all', async () => {
  const { sections } = JSON.parse((await cli(['explain', '--json'])).stdout)
  expect(sections).toEqual(
    codeSections.map(({ heading, codes }) => ({ section: heading, codes: [...codes.keys()] })),
  )
  expect((await cli(['explain'])).stdout).toContain('TOKEN_SIGNATURE')
})

test.each([
  ['challenge_expierd', 'Did you mean challenge_expired'],
  ['TOKEN_SIGNATUR', 'Did you mean TOKEN_SIGNATURE'],
  ['token_signature', 'Did you mean TOKEN_SIGNATURE'],
])('explain %s names the nearest codes', async (code, hint) => {
  const done = await cli(['explain', code])
  expect(done.status).toBe(2)
  expect(done.stderr).toContain('[CLI_CODE_UNKNOWN]')
  expect(done.stderr).toContain(hint)
})

test('explain suggests nothing for what is near no code', async () => {
  const done = await cli(['explain', 'zzzzzzzzzz', '--json'])
  expect(JSON.parse(done.stderr).error).toMatchObject({ code: 'CLI_CODE_UNKNOWN' })
  expect(done.stderr).not.toContain('Did you mean')
})

test('a reason of an own policy is explained by that policy', async () => {
  const { status, stdout } = await cli(['explain', 'X_OURS'])
  expect(status).toBe(0)
  expect(stdout).toContain('A reason of your own')
})
