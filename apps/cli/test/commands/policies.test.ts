import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { problems } from '@assay/protocol/codes'
import { cli, fakeService } from '../fake-service.ts'

const key = { ASSAY_API_KEY: 'a-key' }
const document = {
  name: 'Ours',
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: [
    {
      when: 'software.measured',
      tier: 'warning',
      reason: 'SOFTWARE_ONLY',
      vector: { app: { executables: 2 } },
    },
  ],
}
const stored = { id: 'ours', version: 1, preset: false, document, created_at: '2026-11-25T00:00:00Z' }
let folder = ''
let close: (() => Promise<unknown>) | undefined

beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-policy-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(answer: { status: number; body: unknown }, args: string[], stdin?: string) {
  const fake = await fakeService(() => answer)
  close = fake.close
  const done = await cli(
    ['policy', ...args],
    { ...key, ASSAY_URL: fake.url },
    stdin === undefined ? {} : { stdin },
  )
  return { ...done, seen: fake.seen }
}

function fileOf(text: string): string {
  const file = path.join(folder, 'policy.json')
  writeFileSync(file, text)
  return file
}

describe('policy set', () => {
  test('saves the document of a file under the id, and says what comes next', async () => {
    const done = await assay({ status: 200, body: stored }, ['set', 'ours', fileOf(JSON.stringify(document))])
    expect(done).toMatchObject({ status: 0, stdout: 'Saved ours, version 1.\n' })
    expect(done.stderr).toContain('assay app update APP --policy ours')
    expect(done.seen[0]).toMatchObject({ method: 'PUT', url: '/v1/policies/ours' })
    expect(JSON.parse(done.seen[0]?.body.toString() ?? '')).toEqual(document)
  })

  test('reads standard input for -', async () => {
    const done = await assay(
      { status: 200, body: { ...stored, version: 2 } },
      ['set', 'ours', '-'],
      '{"rules":[]}',
    )
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(done.seen[0]?.body.toString()).toBe('{"rules":[]}')
  })

  test('shows what stands at the place that the service refuses, and what its code means', async () => {
    const errors = [{ pointer: '/rules/0/when', code: 'POLICY_SYNTAX' }]
    const problem = { status: 422, body: { ...problems.policy_invalid, code: 'policy_invalid', errors } }
    const args = ['set', 'ours', fileOf('{"rules":[{"when":"software.measured &&"}]}')]
    const done = await assay(problem, args)
    expect(done.status).toBe(1)
    expect(done.stderr).toContain('[policy_invalid]')
    expect(done.stderr).toContain('The expression is not CEL.')
    expect(done.stderr).toContain('policy.json:1:19: POLICY_SYNTAX at /rules/0/when')
    const asJson = await assay(problem, [...args, '--json'])
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { errors } })
  })

  test.each([
    ['an id that is none', ['set', 'Our Policy', '-'], '{}', 'CLI_USAGE'],
    ['a file that is not there', ['set', 'ours', '/nowhere/policy.json'], '', 'CLI_FILE_UNREADABLE'],
    ['what is not JSON', ['set', 'ours', '-'], 'when: true', 'CLI_FILE_NOT_JSON'],
    ['a member twice', ['set', 'ours', '-'], '{"rules":[],"rules":[]}', 'CLI_FILE_NOT_JSON'],
    ['nothing', ['set', 'ours', '-'], ' ', 'CLI_FILE_NOT_JSON'],
  ])('%s is reported before anything is sent', async (_name, args, stdin, code) => {
    const done = await assay({ status: 200, body: stored }, args, stdin)
    expect(done.status).toBe(2)
    expect(done.stderr).toContain(`[${code}]`)
    expect(done.seen).toEqual([])
  })
})

describe('policy check', () => {
  test('accepts a policy without a service', async () => {
    const done = await cli(['policy', 'check', fileOf(JSON.stringify(document))])
    expect(done).toMatchObject({ status: 0, stdout: `${fileOf(JSON.stringify(document))} is a policy.\n` })
  })

  test('names line and column of the first fault', async () => {
    const text = `{
  "required": [{ "claim": "evidence.software.measured", "one_of": [true] }],
  "rules": [
    { "when": "software.measured", "tier": "affirming", "reason": "X_OURS" },
    { "when": "'\\u00e4' == 'b' && software.nothing", "tier": "warning" }
  ]
}`
    const done = await cli(['policy', 'check', fileOf(text), '--json'])
    expect(done.status).toBe(1)
    const { error } = JSON.parse(done.stderr) as { error: { message: string; code: string } }
    expect(error.code).toBe('policy_invalid')
    const column = (text.split('\n')[4] as string).indexOf('software') + 1
    expect(error.message).toMatch(
      new RegExp(`policy.json:5:(${column}|${column + 8}): POLICY_[A-Z_]+ at /rules/1/when: `),
    )
  })

  test('names the object that lacks a member', async () => {
    const done = await cli(['policy', 'check', fileOf('{\n  "required": [],\n  "rules": []\n}')])
    expect(done.stderr).toContain('policy.json:3:12: POLICY_WITHOUT_RULES at /rules: the list is empty')
    const empty = await cli(['policy', 'check', fileOf('{}')])
    expect(empty.stderr).toContain('policy.json:1:1: POLICY_DOCUMENT at the document')
  })
})

test('policy show tells requirements and rules; --document gives what `policy set` takes', async () => {
  const shown = await assay({ status: 200, body: stored }, ['show', 'ours'])
  expect(shown.stdout).toMatch(/evidence\.software\.measured +true/)
  expect(shown.stdout).toMatch(
    /warning, SOFTWARE_ONLY\n {2}when software\.measured\n {2}AR4SI: app: executables 2/,
  )
  const { stdout } = await assay({ status: 200, body: stored }, ['show', 'ours', '--document'])
  expect(JSON.parse(stdout)).toEqual(document)
})

test('policy list tells built-in policies from those that were saved', async () => {
  const preset = { ...stored, id: 'balanced', preset: true, created_at: null }
  const done = await assay({ status: 200, body: { policies: [preset, stored] } }, ['list'])
  expect(done.stdout).toMatch(/^balanced +1 +built in +Ours$/m)
  expect(done.stdout).toMatch(/^ours +1 +2026-11-25T00:00:00Z +Ours$/m)
})

test('policy remove removes it', async () => {
  const done = await assay({ status: 204, body: undefined }, ['remove', 'ours', '--yes'])
  expect(done).toMatchObject({ status: 0, stdout: 'Removed ours.\n' })
  expect(done.seen[0]).toMatchObject({ method: 'DELETE', url: '/v1/policies/ours' })
})
