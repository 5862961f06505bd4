import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'

let folder = ''
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-serve-'))
  env = {
    ASSAY_DATA: path.join(folder, 'data'),
    ASSAY_SEALING_KEY_FILE: path.join(folder, 'key'),
    ASSAY_PORT: '0',
  }
  expect((await cli(['init'], env)).status).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(text: string): string {
  const file = path.join(folder, 'vendors.json')
  writeFileSync(file, text)
  return file
}

describe('serve', () => {
  test.each<[string, string[], string]>([
    ['a limit that is none', ['--limit', 'people=1'], 'CLI_USAGE'],
    ['a quota without its seconds', ['--limit', 'network=100'], 'CLI_USAGE'],
    ['a count with seconds', ['--limit', 'buildSize=1/1'], 'CLI_USAGE'],
    ['a limit out of bounds', ['--limit', 'network=0/60'], 'SERVICE_LIMITS'],
    ['challenges out of bounds', ['--limit', 'challenges=0/60'], 'SERVICE_LIMITS'],
    ['an age of the status list out of bounds', ['--status-list-max-age', '1'], 'SERVICE_VENDORS'],
    ['an epoch out of bounds', ['--epoch-length', '1'], 'SERVICE_EPOCH'],
    ['a log level that is none', ['--log-level', 'loud'], 'CLI_USAGE'],
    ['a proxy that is no address', ['--trusted-proxy', 'proxy.example.com'], 'SERVICE_LISTEN'],
    ['an address for operators without a host', ['--admin-listen', '8789'], 'CLI_USAGE'],
    ['names for metrics that are not served', ['--metrics-name', 'node-1.internal'], 'CLI_USAGE'],
    ['test vendors that are not there', ['--test-vendors', '/nowhere/vendors.json'], 'CLI_FILE_UNREADABLE'],
  ])('refuses %s', async (_name, options, code) => {
    const done = await cli(['serve', ...options], env)
    expect(done.status).toBe(2)
    expect(done.stderr).toContain(code)
    // A code of the service comes within the one code of a service that cannot start.
    expect(done.stderr.includes('[CLI_SERVICE_START]')).toBe(code.startsWith('SERVICE_'))
  })

  test('refuses test vendors of another form, and where others reach it', async () => {
    const wrong = await cli(['serve', '--test-vendors', fileOf('{"microsoft":[]}')], env)
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('SERVICE_TEST_VENDORS') })
    const exposed = await cli(
      ['serve', '--test-vendors', fileOf('{"apple":[]}'), '--public-url', 'https://attest.example.com'],
      env,
    )
    expect(exposed).toMatchObject({ status: 2, stderr: expect.stringContaining('SERVICE_TEST_VENDORS') })
    expect(exposed.stderr).toContain('test roots are for trials only')
  })
})
