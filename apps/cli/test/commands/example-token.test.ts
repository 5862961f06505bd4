import { describe, expect, test } from 'vitest'
import type { ExampleToken } from '../../src/commands/example-token.ts'
import { judgeToken } from '../../src/commands/judge-token.ts'
import { cli } from '../fake-service.ts'

const audience = 'https://api.example.com'
const issuer = 'https://attest.example.com'
const about = ['--app', 'com.example.app', '--audience', audience, '--issuer', issuer]
const example = (...args: string[]) => cli(['token', 'example', ...about, ...args])
const now = Date.now() / 1000

const faultsOf = async ({ token }: ExampleToken, { jwks }: ExampleToken) =>
  (await judgeToken(token, { jwks, issuer, audience, now } as Parameters<typeof judgeToken>[1])).faults

describe('assay token example', () => {
  test('makes a token that its own keys verify, and no others', async () => {
    const [one, other] = await Promise.all([
      example('--tier', 'warning', '--build', '7', '--platform', 'android'),
      example('--tier', 'warning'),
    ])
    expect(one).toMatchObject({ status: 0, stderr: '' })
    const [made, different] = [one, other].map(({ stdout }) => JSON.parse(stdout) as ExampleToken) as [
      ExampleToken,
      ExampleToken,
    ]
    expect(await faultsOf(made, made)).toEqual([])
    expect(await faultsOf(made, different)).toEqual(['TOKEN_KEY_UNKNOWN'])
    expect(made.claims).toMatchObject({ sub: 'com.example.app', ear_status: 'warning', build: '7' })
    expect(made.claims).toMatchObject({ aud: audience, iss: issuer, platform: 'android', mode: 'bound' })
    expect((made.claims['exp'] as number) - (made.claims['iat'] as number)).toBeLessThanOrEqual(900)
    const { d, ...holder } = made.holder as Record<string, unknown>
    expect(d).toEqual(expect.any(String))
    expect(made.claims['cnf']).toEqual({ jwk: holder })
    expect(JSON.stringify(made.jwks)).not.toContain('"d"')
  })

  test('makes an access token that its own keys verify', async () => {
    const { stdout } = await example('--tier', 'warning', '--token', 'access')
    const made = JSON.parse(stdout) as ExampleToken
    expect(await faultsOf(made, made)).toEqual([])
    expect(made.claims).toMatchObject({ client_id: 'com.example.app', cnf: { jkt: made.claims['sub'] } })
    expect((made.claims['exp'] as number) - (made.claims['iat'] as number)).toBeLessThanOrEqual(300)
  })

  test('refuses a tier that no API accepts, and what is no URL', async () => {
    for (const args of [
      ['--tier', 'none'],
      ['--tier', 'contraindicated', '--token', 'access'],
      ['--tier', 'warning', '--audience', 'api.example.com'],
      ['--tier', 'warning', '--issuer', 'attest'],
      [],
    ])
      expect(await example(...args)).toMatchObject({ status: 2, stdout: '' })
  })
})
