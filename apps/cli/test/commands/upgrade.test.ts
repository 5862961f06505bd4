import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'

let folder: string
let env: Record<string, string>
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-upgrade-test-'))
  env = { ASSAY_DATA: path.join(folder, 'data'), ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key') }
  expect((await cli(['init'], env)).status).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('upgrade finds nothing to do in a store of this version', async () => {
  const { status, stdout, stderr } = await cli(['upgrade', '--json'], env)
  expect(status, stderr).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ version: expect.stringMatching(/^\d/), steps: [] })
})

test('upgrade makes no store where there is none', async () => {
  const nowhere = { ...env, ASSAY_DATA: path.join(folder, 'nowhere') }
  expect(await cli(['upgrade'], nowhere)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('(STORAGE_UNAVAILABLE)'),
  })
})

test('upgrade grants nothing where there are no roles', async () => {
  const { status, stderr } = await cli(['upgrade', '--grant', 'assay'], env)
  expect([status, stderr]).toEqual([2, expect.stringContaining('[CLI_USAGE]')])
})

test('a role that may not change the schema is told which command the owner runs', async () => {
  const { stdout } = await cli(['explain', 'STORAGE_RIGHTS'])
  expect(stdout).toContain('assay upgrade --postgres URL-OF-THE-OWNER --grant ROLE')
})
