import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { challengeBody, imageOf, measure, signed } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import {
  addBuild,
  attestation,
  challenge,
  registerWebApp,
  scripts,
  webApp,
  webDevice,
} from '../support/web-app.ts'

const bin = findPostgres()
const minute = 60_000

/** Resolves once the service has asked after changes, and has read the answer: it asks again only then. */
async function untilHeard(server: PrivatePostgres): Promise<void> {
  const client = new pg.Client(server.connectionString('postgres'))
  await client.connect()
  try {
    const asked = new Set<string>()
    const began = (await client.query<{ now: string }>('select now()::text as now')).rows[0]?.now
    await vi.waitUntil(
      async () => {
        const { rows } = await client.query<{ at: string }>(
          `select query_start::text as at from pg_stat_activity
           where application_name = 'assay' and query like '%"version"%from "store"%' and query_start > $1`,
          [began],
        )
        for (const { at } of rows) asked.add(at)
        return asked.size > 1
      },
      { timeout: 60_000, interval: 50 },
    )
  } finally {
    await client.end()
  }
}

/** Commits until a commit waits for a standby: a server takes a moment to read its configuration again. */
async function untilCommitsWait(server: PrivatePostgres): Promise<{ end(): Promise<void> }> {
  const [committing, watching] = [1, 2].map(() => new pg.Client(server.connectionString('postgres'))) as [
    pg.Client,
    pg.Client,
  ]
  await Promise.all([committing.connect(), watching.connect()])
  let isWaiting = false
  const commits = (async () => {
    while (!isWaiting) await committing.query(`select pg_logical_emit_message(true, 'probe', '')`)
  })()
  await vi.waitUntil(
    async () => {
      const { rowCount } = await watching.query(
        `select 1 from pg_stat_activity where wait_event = 'SyncRep' and query like '%probe%'`,
      )
      return rowCount === 1
    },
    { timeout: 60_000, interval: 20 },
  )
  isWaiting = true
  return {
    async end() {
      await commits
      await Promise.all([committing.end(), watching.end()])
    },
  }
}

if (bin === undefined) {
  console.log('not run: the service on PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('on PostgreSQL', () => {
    let server: PrivatePostgres
    let service: ServiceUnderTest

    beforeAll(async () => {
      server = await startPostgres(bin)
      service = await runService({ postgres: server.connectionString('postgres') })
    })
    afterAll(async () => {
      await service.close()
      await server.stop()
    })

    it('a second process is refused, until the first has stopped', async () => {
      const postgres = server.connectionString('postgres')
      await expect(runService({ postgres })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      await service.restart()
      expect((await service.call('GET', '/readyz', { key: null })).status).toBe(200)
    })

    it('the whole path works, also after a restart', async () => {
      await registerWebApp(service)
      expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
      await service.restart()
      expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
      const device = webDevice()
      const clientData = await measure(device, await challenge(service, device))
      const other = await measure(device, await challenge(service, device))
      const problem = await service.problem('POST', '/v1/attestations', {
        body: signed(device.key, { ...clientData, measurement: other.measurement }),
        key: null,
      })
      expect((await service.call('GET', `/v1/attestations/${problem.trace ?? ''}`)).json).toMatchObject({
        app: webApp,
        outcome: 'denied',
      })
      expect((await service.call('GET', '/readyz', { key: null })).status).toBe(200)
    })

    it('a text with U+0000, which PostgreSQL stores nowhere, is a fault of the request', async () => {
      const device = webDevice()
      const clientData = await measure(device, await challenge(service, device))
      const audiences = ['https://api.example.com/\u0000']
      const logged = service.log().length
      const attempts = [
        ['POST', '/v1/challenges', challengeBody({ ...device, audiences })],
        ['POST', '/v1/attestations', signed(device.key, { ...clientData, audiences })],
        ['POST', '/v1/apps', { id: 'com.example.nul', platform: 'web', name: '\u0000' }],
        ['GET', '/v1/apps?after=%00', undefined],
      ] as const
      for (const [method, target, body] of attempts) {
        const key = /challenges|attestations/.test(target) ? { key: null } : {}
        const { status } = await service.problem(method, target, { body, ...key })
        expect([target, status]).toEqual([target, 400])
      }
      // Tests before this one may have met a slow database.
      expect(service.log().slice(logged)).not.toContain('malfunction')
    })

    it('a change counts once it is committed, even if the service did not learn of it', async () => {
      const older = { ...scripts, 'old.js': Buffer.from('// of a build that will be retired') }
      await addBuild(service, 'old', older)
      const device = () => webDevice({ build: 'old', image: imageOf(older) })
      // A commit then waits for a standby that never comes, which no statement timeout ends.
      const admin = new pg.Client(server.connectionString('postgres'))
      await admin.connect()
      const standby = async (name: string) => {
        await admin.query(`alter system set synchronous_standby_names = '${name}'`)
        await admin.query('select pg_reload_conf()')
      }
      try {
        await admin.query(`alter role assay set synchronous_commit = 'on'`)
        await service.restart()
        expect((await attestation(service, device())).tokens).toHaveLength(1)
        await standby('nobody')
        const waits = await untilCommitsWait(server)
        await service.problem('POST', `/v1/apps/${webApp}/builds/old/retire`)
        expect((await attestation(service, device())).tokens).toHaveLength(1)
        await standby('')
        await waits.end()
        await expect
          .poll(() =>
            attestation(service, device()).then(
              () => 'tokens',
              (error: Error) => error.message,
            ),
          )
          .toContain('build_retired')
        expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
      } finally {
        await standby('')
        await admin.query('alter role assay reset synchronous_commit')
        await admin.end()
        await service.restart()
      }
    })

    it('a frozen database blocks nobody: registrations still count, and other requests are told to come back', async () => {
      expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
      // It was read long ago, and something else was written after that. Each was heard of.
      service.advance(14 * minute)
      await service.call('POST', '/v1/apps', { body: { id: 'com.example.other', platform: 'web' } })
      await untilHeard(server)
      try {
        server.freeze()
        service.advance(14 * minute)
        for (let i = 0; i < 3; i += 1)
          expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
        const asked = await Promise.all([
          service.call('GET', '/v1/apps'),
          service.call('POST', '/v1/apps', { body: { id: 'com.example.frozen', platform: 'web' } }),
          service.call('GET', '/readyz', { key: null }),
        ])
        for (const { status, headers, json } of asked) {
          expect({ status, json }).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
          expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
        }
        expect((await service.call('GET', '/livez', { key: null })).status).toBe(200)
      } finally {
        server.thaw()
      }
      await expect.poll(async () => (await service.call('GET', '/readyz', { key: null })).status).toBe(200)
      expect((await service.call('GET', '/v1/apps')).status).toBe(200)
    })
  })
}
