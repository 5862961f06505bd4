import path from 'node:path'
import { createDevice } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { imageOf, realService, writeScripts, type RealService, type Scripts } from './a-real-service.ts'

const app = 'com.example.web'
const audience = 'https://api.example.com'
const first = { 'main.js': `/* ${'a'.repeat(9000)} */ show(1)`, 'lib.js': 'export const one = 1' }
const second = { ...first, 'main.js': `/* ${'a'.repeat(9000)} */ show(2)`, 'more.js': 'more()' }
let service: RealService

const json = async (...args: string[]) => {
  const done = await service.assay([...args, '--json'])
  return { ...done, value: JSON.parse(done.stdout) as Record<string, unknown> }
}

beforeAll(async () => {
  service = await realService()
  const builds = [first, second].map((scripts, index) => [
    'build add',
    writeScripts(path.join(service.folder, `dist-${index + 1}`), scripts),
    `--app ${app} --id ${index + 1} --version-code ${index + 1}`,
  ])
  const commands = [
    ['app add', app, '--platform web'],
    ...builds,
    ['api add', audience, `--app ${app} --tier affirming warning`],
  ]
  for (const [command = '', argument = '', options = ''] of commands) {
    const done = await service.assay([...command.split(' '), argument, ...options.split(' ')])
    expect(done.status, done.stderr).toBe(0)
  }
})
afterAll(() => service.close())

/** Attests once, and gives what the service answered: a token, or the trace of the refusal. */
async function attest(scripts: Scripts, build: string): Promise<{ token: string; trace: string }> {
  const device = await createDevice({
    apk: imageOf(scripts),
    endpoint: service.url,
    app,
    build,
    audiences: { [audience]: audience },
  })
  await device.client.getToken().catch(() => undefined)
  device.close()
  const answer = device.exchanges.at(-1)?.response as { trace: string; tokens?: { token: string }[] }
  return { trace: answer.trace, token: answer.tokens?.[0]?.token ?? '' }
}

/** Traces are written in batches. */
async function kept(trace: string): Promise<string> {
  await expect.poll(async () => (await service.assay(['attestation', 'show', trace])).status).toBe(0)
  return trace
}

const tampered = (scripts: Scripts) => ({
  ...scripts,
  'main.js': scripts['main.js']?.replace('aa', 'ba') ?? '',
})

test('attestation watch tells of it as it comes', async () => {
  const { trace } = await attest(tampered(second), '2')
  const shown = await service.watched(trace, ['--outcome', 'denied'])
  expect(shown).toMatch(new RegExp(`denied +SOFTWARE_SEGMENT_MISMATCH +${app} +2 +${trace}`))
})

describe('a device that was refused', () => {
  test('with a build that never passes: the build is to be looked at first', async () => {
    const trace = await kept((await attest(tampered(second), '2')).trace)
    const shown = await json('attestation', 'show', trace)
    const found = { trace, app, build: '2', outcome: 'denied', code: 'SOFTWARE_SEGMENT_MISMATCH' }
    expect(shown.value).toMatchObject({ ...found, segments: ['main.js'] })
    const explained = await json('doctor', trace)
    expect(explained.value).toMatchObject({
      scope: 'build',
      trace: { ...found, registered_build: { last_seen_at: null } },
    })
  })

  test('while others with the same build pass: the device is to be looked at', async () => {
    expect((await attest(first, '1')).token).not.toBe('')
    const trace = await kept((await attest(tampered(first), '1')).trace)
    await expect.poll(async () => (await json('doctor', trace)).value.scope).toBe('device')
    const said = await service.assay(['doctor', trace])
    expect(said.status).toBe(0)
    expect(said.stdout).toMatch(/main\.js +script +8\.8 KiB/)
    expect(said.stdout).toContain('others with the same build pass')
    expect(said.stdout).toContain(`${audience}  affirming warning`)
  })

  test('under a trace that is none, or that nothing is kept of', async () => {
    expect(await service.assay(['doctor', 'x'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not a trace id'),
    })
    expect(await service.assay(['doctor', 'A'.repeat(22)])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[trace_not_found]'),
    })
  })
})

test('build show says how attestations ended since the build was registered', async () => {
  await attest(first, '1')
  const { attestations } = (await json('build', 'show', '1', '--app', app)).value
  expect(attestations).toMatchObject([{ build: '1', abi: '', variant: '' }])
  const [{ passed, refused }] = attestations as [{ passed: number; refused: number }]
  expect(passed).toBeGreaterThan(0)
  const { stdout } = await service.assay(['build', 'show', '1', '--app', app])
  expect(stdout).toMatch(new RegExp(`^any +as registered first +${passed} +${refused} +\\d+ % refused`, 'm'))
})

describe('token verify', () => {
  test('says what a good token claims, and never prints it', async () => {
    const { token } = await attest(first, '1')
    const done = await service.assay(['token', 'verify', '-', '--audience', audience], {
      stdin: `${token}\n`,
    })
    expect(done.status).toBe(0)
    expect(done.stdout).toContain('The token is valid for this API.')
    expect(done.stdout).toMatch(/app +com\.example\.web, build 1, web/)
    expect(done.stdout).not.toContain(token)
  })

  test('tells a changed one, whose claims nobody should believe', async () => {
    const [header, , signature] = (await attest(first, '1')).token.split('.')
    const claims = Buffer.from('{"iss":"https://evil.example.com","sub":"\\u001b[31m"}').toString('base64url')
    const done = await service.assay(['token', 'verify', `${header}.${claims}.${signature}`])
    expect(done.status).toBe(1)
    expect(done.stderr).toContain('A guard would refuse this token: TOKEN_SIGNATURE')
    expect(done.stderr).toContain('[CLI_TOKEN_REFUSED]')
    expect(done.stdout).toContain('do not trust it')
    expect(done.stdout).not.toContain('\u001b')
  })
})

describe('build diff', () => {
  test('names what changed between two builds, or a build and a file', async () => {
    const { value } = await json('build', 'diff', '1', '2', '--app', app)
    expect(value).toMatchObject({
      same_code: false,
      properties: [{ property: 'version_code', from: 1, to: 2 }],
      changed: [{ name: 'main.js' }],
      added: [{ name: 'more.js' }],
      removed: [],
      unchanged: 1,
    })
    const same = await service.assay([
      ...['build', 'diff', '2', '--app', app],
      ...['--file', path.join(service.folder, 'dist-2')],
    ])
    expect(same.stdout).toContain('The code is identical: all 3 segments.')
  })
})

describe('doctor', () => {
  test('finds no fault at a service for this machine only, and says what it cannot know', async () => {
    const { status, value } = await json('doctor')
    expect(status).toBe(0)
    const codes = (value.findings as { code: string }[]).map(({ code }) => code)
    expect(codes).toContain('DOCTOR_PUBLIC_URL_LOOPBACK')
    expect(codes).toContain('DOCTOR_FIRST_ADMIN_KEY')
    expect(value).toMatchObject({
      safe: true,
      unknown: expect.arrayContaining([expect.stringMatching(/sealing key/)]),
    })
  })

  test('exits with 1 for a fault', async () => {
    await service.assay(['api', 'add', 'http://plain.example.com', '--app', app, '--tier', 'warning'])
    const done = await service.assay(['doctor'])
    expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining('[CLI_DOCTOR_FAULTS]') })
    expect(done.stdout).toMatch(/^fault +DOCTOR_API_PLAIN$/m)
  })
})
