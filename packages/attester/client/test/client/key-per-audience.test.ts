import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { fixedRandom } from '@assay/testkit/fixed'
import { describe, expect, it } from 'vitest'
import { createAssayClient, type KeyPerAudienceOptions } from '../../src/index.ts'
import { createNodeClient, nodeKeyStore } from '../../src/node/index.ts'
import { fakeService } from '../fake/fake-service.ts'
import { fakeTime } from '../fake/fake-time.ts'
import { audience, code } from '../fake/fake-world.ts'
import { misuse } from '../fake/misuse.ts'

const payments = 'https://api.example/v1/payments'
const audiences = { 'https://api.example': audience, 'https://api.example/v1/payments': payments }

function world(more: Partial<KeyPerAudienceOptions> = {}) {
  const time = fakeTime()
  const service = fakeService(time, code)
  const sent: { url: string; token: string | null }[] = []
  const options: KeyPerAudienceOptions = {
    endpoints: ['https://attest.example'],
    app: 'com.example.app',
    build: '1.0+1',
    audiences,
    image: code,
    crypto: nodeCrypto,
    keyPerAudience: () => nodeKeyStore(),
    fetch: (input, init) => {
      const url = `${input as string | URL}`
      if (url.startsWith('https://attest.example')) return service.fetch(url, init)
      sent.push({ url, token: new Headers(init?.headers).get('OAuth-Client-Attestation') })
      return Promise.resolve(new Response('{}'))
    },
    clock: time.clock,
    random: fixedRandom('device'),
    timers: time.timers,
    ...more,
  }
  return { service, sent, options, client: createAssayClient(options) }
}

describe('a key for each audience', () => {
  it('enrols each by itself, and asks for no token of another', async () => {
    const { client, service } = world()
    await client.getToken(audience)
    await client.getToken(payments)
    const [first, second] = service.clientData
    expect([first?.audiences, second?.audiences]).toEqual([[audience], [payments]])
    expect(first?.key).not.toEqual(second?.key)
    client.close()
  })

  it('sends to each URL the token of its own audience, and nothing elsewhere', async () => {
    const { client, sent } = world()
    const tokens = [(await client.getToken(audience)).token, (await client.getToken(payments)).token]
    for (const url of ['https://api.example/v1/orders', `${payments}/1`, 'https://other.example/'])
      await client.fetch(url)
    expect(sent.map(({ token }) => token)).toEqual([...tokens, null])
    const { headers } = { headers: await client.proof({ url: `${payments}/1`, method: 'GET' }) }
    expect(headers['OAuth-Client-Attestation']).toBe(tokens[1])
    client.close()
  })

  it('gives each the reference', async () => {
    const { client, service } = world()
    client.setReference('customer 4711')
    expect(() => client.setReference('')).toThrow(misuse('reference'))
    await client.getToken(audience)
    await client.getToken(payments)
    expect(service.clientData.map(({ reference }) => reference)).toEqual(['customer 4711', 'customer 4711'])
    client.close()
  })

  it('tells of each, until it is no longer asked to', async () => {
    const { client } = world()
    const events: unknown[] = []
    const end = client.on('token', (event) => events.push(event))
    await client.getToken(audience)
    await client.getToken(payments)
    expect(events).toHaveLength(2)
    end()
    await client.getToken(payments, { forceRefresh: true })
    expect(events).toHaveLength(2)
    client.close()
    await expect(client.getToken(audience, { forceRefresh: true })).rejects.toMatchObject({ code: 'closed' })
  })

  it('takes neither another key store, nor one whose keys are attested, nor an audience that is not there', async () => {
    const { client, options } = world()
    const make = (more: object) => () => createAssayClient({ ...options, ...more })
    expect(make({ keyStore: nodeKeyStore() })).toThrow(misuse('keyPerAudience'))
    expect(make({ keyPerAudience: true })).toThrow(misuse('keyPerAudience'))
    expect(make({ keyPerAudience: () => ({ ...nodeKeyStore(), attest: () => undefined }) })).toThrow(
      misuse('keyPerAudience'),
    )
    await expect(client.getToken()).rejects.toThrow(misuse('audience'))
    await expect(client.proof({ url: 'https://other.example/', method: 'GET' })).rejects.toThrow(
      misuse('url'),
    )
  })

  it('is a file for each on Node', async () => {
    const { service, options } = world()
    const folder = await mkdtemp(path.join(tmpdir(), 'client-'))
    const { keyPerAudience: _, ...rest } = options
    const client = createNodeClient({
      ...rest,
      fetch: service.fetch,
      keyPerAudience: true,
      keyFile: path.join(folder, 'key'),
    })
    await client.getToken(audience)
    await client.getToken(payments)
    expect(await readdir(folder)).toHaveLength(2)
    client.close()
  })
})
