import { setTimeout as wait } from 'node:timers/promises'
import { encodeBase64url } from '@assay/protocol'
import type { Forgotten, UnregisteredBuilds } from '@assay/protocol/schemas'
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { bootKeysOf } from '../support/boot-keys.ts'
import { challengeBody, imageOf } from '../support/device.ts'
import { startNodeOfMany } from '../support/node-of-many.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import {
  addBuild,
  attestation,
  audience,
  registerWebApp,
  served,
  webApp,
  webDevice,
} from '../support/web-app.ts'

const bin = findPostgres()
const bootKey = '5e'.repeat(32)

if (bin === undefined) {
  console.log('not run: several nodes on PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('two nodes on one database', () => {
    let server: PrivatePostgres
    let [first, second]: ServiceUnderTest[] = []
    const nodes = () => [first, second] as [ServiceUnderTest, ServiceUnderTest]

    beforeAll(async () => {
      server = await startPostgres(bin)
      const config = { postgres: server.connectionString('postgres'), trustedProxies: ['127.0.0.1'] }
      first = await runService(config, { start: startNodeOfMany })
      second = await runService(config, { start: startNodeOfMany, peer: first })
      await registerWebApp(first)
    })
    afterAll(async () => {
      for (const node of nodes()) await node.close()
      await server.stop()
    })

    const kidOf = async (node: ServiceUnderTest) => {
      const { tokens } = await served(() => attestation(node, webDevice()))
      return decodeProtectedHeader(tokens[0]?.token ?? '').kid
    }

    it('both serve what was registered at one', async () => {
      for (const node of nodes())
        expect((await served(() => attestation(node, webDevice()))).tokens).toHaveLength(1)
    })

    it('look an unknown build up before they refuse it', async () => {
      const [one, other] = nodes()
      const files = { 'app.js': Buffer.from('export const second = true\n'.repeat(100)) }
      const device = webDevice({ build: '2', image: imageOf(files) })
      const body = { body: challengeBody(device), key: null }
      expect(await other.problem('POST', '/v1/challenges', body)).toMatchObject({
        code: 'build_not_registered',
      })
      await addBuild(one, '2', files)
      expect((await served(() => attestation(other, device))).tokens).toHaveLength(1)
    })

    it('name the unregistered builds that each of them sees, and say how many they are', async () => {
      const [one, other] = nodes()
      for (let i = 0; i < 20; i++)
        await one.call('POST', '/v1/challenges', {
          body: challengeBody(webDevice({ build: 'unregistered' })),
          key: null,
          headers: { 'x-forwarded-for': `192.0.${i}.7` },
        })
      const seenBy = async (node: ServiceUnderTest) =>
        (await node.call('GET', '/v1/unregistered-builds')).json as UnregisteredBuilds
      await expect.poll(async () => (await seenBy(one)).nodes, { timeout: 30_000 }).toBe(2)
      expect((await seenBy(one)).builds).toMatchObject([{ build: 'unregistered', networks: 20 }])
      await expect.poll(async () => (await seenBy(other)).nodes, { timeout: 30_000 }).toBe(2)
      expect((await seenBy(other)).builds).toEqual([])
    })

    it('forget what an installation has left at either', async () => {
      const [one, other] = nodes()
      const device = webDevice()
      await served(() => attestation(other, device))
      const where = `/v1/apps/${webApp}/installations/${device.key.thumbprint}`
      const { status, json } = await one.call('DELETE', where)
      expect({ status, removed: (json as Forgotten).removed }).toMatchObject({
        status: 200,
        removed: { samples: 1 },
      })
      expect((await one.problem('DELETE', where)).code).toBe('installation_not_found')
    })

    it('both refuse what one has retired', async () => {
      const [one, other] = nodes()
      await addBuild(one, '3', { 'app.js': Buffer.from('export const third = true\n'.repeat(100)) })
      const body = { body: challengeBody(webDevice({ build: '3' })), key: null }
      expect((await other.call('POST', '/v1/challenges', body)).status).toBe(200)
      const list = `/v1/status/${encodeBase64url(Buffer.from(audience))}`
      const listOfOther = () => other.call('GET', list, { key: null })
      const before = await listOfOther()
      expect(before.status).toBe(200)
      await one.call('POST', `/v1/apps/${webApp}/builds/3/retire`)
      for (const node of nodes())
        await expect.poll(async () => (await node.call('POST', '/v1/challenges', body)).status).toBe(403)
      const etagOfOther = async () => (await listOfOther()).headers.get('etag')
      await expect.poll(etagOfOther).not.toBe(before.headers.get('etag'))
    })

    it('both know the boot keys that were given at one, and that they are gone', async () => {
      const [one, other] = nodes()
      const rules = [
        { when: 'true', tier: 'warning' },
        { when: `!('${bootKey}' in bootKeys)`, tier: 'contraindicated', reason: 'X_NO_KEY' },
      ]
      const required = [{ claim: 'evidence.software.measured', one_of: [true] }]
      await one.call('PUT', '/v1/policies/keys', { body: { required, rules } })
      await one.call('PATCH', `/v1/apps/${webApp}`, { body: { policy: 'keys' } })
      const passes = (node: ServiceUnderTest) =>
        served(() => attestation(node, webDevice())).then(
          () => true,
          (error: unknown) => !String(error).includes('attestation_denied'),
        )
      for (const node of nodes()) await expect.poll(() => passes(node)).toBe(false)
      await one.call('PUT', '/v1/boot-keys/graphene', { body: bootKeysOf([bootKey]) })
      for (const node of nodes()) await expect.poll(() => passes(node)).toBe(true)
      await other.call('DELETE', '/v1/boot-keys/graphene')
      for (const node of nodes()) await expect.poll(() => passes(node)).toBe(false)
      await one.call('PATCH', `/v1/apps/${webApp}`, { body: { policy: null } })
      for (const node of nodes()) await expect.poll(() => passes(node)).toBe(true)
    })

    it('sign with no withdrawn key once the rotation is answered', async () => {
      const [one, other] = nodes()
      const before = await kidOf(other)
      const { json } = await one.call('POST', '/v1/signing-keys/rotate')
      const { kid, withdrawn } = json as { kid: string; withdrawn: string[] }
      expect(withdrawn).toContain(before)
      for (const node of nodes()) {
        expect(await kidOf(node)).toBe(kid)
        const jwks = await node.call('GET', '/.well-known/jwks.json', { key: null })
        expect(jwks.text).not.toContain(before)
      }
    })

    it('sign nothing while they cannot learn of a withdrawal, and then go on by themselves', async () => {
      const [one] = nodes()
      try {
        server.freeze()
        await wait(2_500)
        await expect(attestation(one, webDevice())).rejects.toThrow('temporarily_unavailable')
      } finally {
        server.thaw()
      }
      expect((await served(() => attestation(one, webDevice()))).tokens).toHaveLength(1)
    })
  })
}
