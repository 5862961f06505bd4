import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import type { AssayClient, AssayClientError } from '@assay/client'
import { forgeProof } from '@assay/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningService } from '../../src/index.ts'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { keptDevice, keptKey, type Sdk } from './kept-device.ts'
import { openVersion, type InstallationName, type OpenedVersion } from './open-version.ts'

/** The first version, and the last one before each change of what is stored. */
const versions = ['d31507d', 'dfaa8b9']

/** SDK and guard as apps and APIs of a version hold them. */
type Bundle = Sdk & { createGuard(options: object): OldGuard }

interface OldGuard {
  verify(request: { method: string; url: string; headers: object }): Promise<Judgement>
}

type Judgement =
  | { readonly ok: true; readonly tier: string; readonly installation: string }
  | { readonly ok: false; readonly code: string }

const served = ['pixel', 'playAlone', 'chainAlone', 'iphone', 'web'] as const
const minutes = 60_000

/** @param emptyDatabase connection string of a PostgreSQL database; `undefined` for SQLite */
function upgradeSuite(commit: string, emptyDatabase: () => string | undefined): void {
  // As it is: what tests import is rewritten, and the SDK shows the source of its functions to the service.
  const old = createRequire(import.meta.url)(`./versions/${commit}/sdk-and-guard.js`) as Bundle

  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  const open = async () => {
    const opened = await openVersion(commit, emptyDatabase())
    closing.push(opened.close)
    return opened
  }
  const start = async (opened: OpenedVersion) => {
    const service = await opened.start()
    closing.push(service.close)
    return service
  }
  /** The guard of an API as it ran all the time: it knows the keys of the old service, and asks the present one later. */
  const guardOf = (
    { kept, clock, routed }: OpenedVersion,
    name: InstallationName,
    service: () => RunningService | undefined,
  ) => {
    const { audience, app } = kept.installations[name]
    return old.createGuard({
      issuer: kept.issuer,
      audience,
      mode: 'bound',
      apps: [app],
      tiers: ['affirming', 'warning'],
      publicBaseUrl: kept.orders,
      clock,
      jwks: {
        url: `${kept.issuer}/.well-known/jwks.json`,
        fetch: async (url: string, init: RequestInit) => {
          const running = service()
          return running === undefined ? Response.json(kept.jwks) : routed(running)(url, init)
        },
      },
    })
  }
  const device = async (opened: OpenedVersion, service: RunningService, name: InstallationName) => {
    const client = await keptDevice(old, opened, service, name)
    closing.push(() => client.close())
    return client
  }
  /** One request of an app with a token of the present service. */
  const request = async (client: AssayClient, audience: string, guard: OldGuard) => {
    const url = `${audience}/1`
    return guard.verify({ method: 'GET', url, headers: await client.proof({ method: 'GET', url }) })
  }
  /** One request of an app with the token that it had before the upgrade. */
  const requestWithKeptToken = ({ kept, clock }: OpenedVersion, name: InstallationName, guard: OldGuard) => {
    const { audience, token, key } = kept.installations[name]
    const url = `${audience}/1`
    const proof = forgeProof(keptKey(key), 'GET', url, { iat: Math.floor(clock() / 1000) })
    return guard.verify({ method: 'GET', url, headers: { 'OAuth-Client-Attestation': token, DPoP: proof } })
  }
  const ask = async (service: RunningService, key: string, to: string) => {
    const response = await fetch(new URL(to, service.url), { headers: { authorization: `Bearer ${key}` } })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it.each(served)('%s: the app as it was installed is served by a guard that runs on', async (name) => {
    const opened = await open()
    const { audience, claims } = opened.kept.installations[name]
    const running: { service?: RunningService } = {}
    const guard = guardOf(opened, name, () => running.service)
    const before = await requestWithKeptToken(opened, name, guard)
    expect(before).toMatchObject({ ok: true, tier: claims.ear_status, installation: claims.installation })

    const service = (running.service = await start(opened))
    // Token, key and JWKS are those of before: the guard sees no difference.
    expect(await requestWithKeptToken(opened, name, guard)).toEqual({ ...before })
    opened.advance(11 * minutes)
    expect(await requestWithKeptToken(opened, name, guard)).toMatchObject({
      ok: false,
      code: 'TOKEN_EXPIRED',
    })

    // The app refreshes, without enrolling again, and is the same installation of the same tier.
    expect(await request(await device(opened, service, name), audience, guard)).toMatchObject({
      ok: true,
      tier: claims.ear_status,
      installation: claims.installation,
    })
  })

  it('what was banned or retired stays so', async () => {
    const opened = await open()
    const service = await start(opened)
    const { adminKey, apps, builds } = opened.kept
    const banned = await device(opened, service, 'banned')
    const refusal = (await banned.getToken().catch((error: unknown) => error)) as AssayClientError
    expect(refusal).toMatchObject({ code: 'attestation_denied' })
    const trace = await ask(service, adminKey, `/v1/attestations/${refusal.trace ?? ''}`)
    expect(trace.body).toMatchObject({ outcome: 'denied', code: 'VOUCHING_KEY_BANNED' })

    const listed = await ask(service, adminKey, `/v1/apps/${apps.web}/builds`)
    const states = (listed.body['builds'] as { id: string; state: string }[]).map(({ id, state }) => [
      id,
      state,
    ])
    expect(Object.fromEntries(states)).toEqual({ [builds.web]: 'active', [builds.retired]: 'retired' })
  })

  it('keys of the operator and of the pipeline open what they opened', async () => {
    const opened = await open()
    const service = await start(opened)
    const { adminKey, registrationKey, apps } = opened.kept
    expect((await ask(service, adminKey, '/v1/keys')).status).toBe(200)
    expect((await ask(service, registrationKey, '/v1/keys')).status).toBe(403)
    expect((await ask(service, registrationKey, `/v1/apps/${apps.web}/builds`)).status).toBe(403)
    expect((await ask(service, `${registrationKey}x`, '/v1/keys')).status).toBe(401)
  })
}

describe.each(versions)('from %s, on SQLite', (commit) => upgradeSuite(commit, () => undefined))

const bin = findPostgres()
if (bin === undefined) {
  console.log('not run: the upgrade on PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivatePostgres
  let databases = 0
  beforeAll(async () => {
    server = await startPostgres(bin)
  })
  afterAll(() => server.stop())
  describe.each(versions)('from %s, on PostgreSQL', (commit) =>
    upgradeSuite(commit, () => {
      const name = `upgrade_${String((databases += 1))}`
      execFileSync('psql', [server.connectionString('postgres'), '-qc', `create database ${name}`])
      return server.connectionString(name)
    }),
  )
}
