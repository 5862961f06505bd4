import { Redis } from 'iovalkey'
import { createMemoryReplayStore, type Guard, type GuardOptions, type ReplayStore } from '@assay/guard'
import { createNodeNonces } from '@assay/guard/node'
import { createValkeyNonces, createValkeyReplayStore } from '@assay/guard/valkey'
import { hasValkey, startValkey } from '@assay/testkit'
import { fixedRandom } from '@assay/testkit/fixed'
import { afterAll, describe, expect, test } from 'vitest'
import { audience, fakeWorld } from '../../../attester/client/test/fake/fake-world.ts'
import { codeOf, mintToken, newGuard } from './minting.ts'

const key = new Uint8Array(32).fill(7)
const url = `${audience}/v1/orders`

/** Options of each node; what is made in `configure` itself is shared. */
type Configure = (clock: () => number) => () => Partial<GuardOptions>

/** The real SDK on a device, and two nodes of one API. The test says which node the next request reaches. */
function world(configure: Configure) {
  const device = fakeWorld()
  const { trueSeconds } = device.time
  const clock = device.time.clock.wall
  const options = configure(clock)
  const newNode = () => newGuard({ audience, clock, clockTolerance: 0, ...options() })
  const nodes: [Guard, Guard] = [newNode(), newNode()]
  const state = { next: (): 0 | 1 => 0, codes: [] as string[] }

  async function attest(...request: Parameters<typeof fetch>): Promise<Response> {
    const response = await device.service.fetch(...request)
    const body = (await response.json()) as { tokens?: { token: string }[] }
    const cnf = { jwk: device.service.clientData.at(-1)?.key }
    const [iat, exp] = [trueSeconds(), trueSeconds() + 300]
    for (const each of body.tokens ?? []) each.token = mintToken({ claims: { aud: audience, cnf, iat, exp } })
    return Response.json(body, { status: response.status })
  }
  const client = device.another({
    fetch: async (input, init) => {
      const request = new Request(input, init)
      if (!request.url.startsWith(audience + '/')) return attest(input, init)
      const decision = await nodes[state.next()].verify(request)
      state.codes.push(codeOf(decision))
      const { headers } = decision
      return decision.ok ? new Response('ok', { headers }) : Response.json(decision.body, decision)
    },
  })
  /** The status of each of ten requests, with which the app has to live. */
  async function ten(): Promise<number[]> {
    const statuses = []
    for (let i = 0; i < 10; i++) {
      await device.time.advance(1_000)
      statuses.push((await client.fetch(url, { method: 'POST' })).status)
    }
    return statuses
  }
  return { state, nodes, ten }
}

function roundRobin(): () => 0 | 1 {
  let requests = 0
  return () => (requests++ % 2 === 0 ? 0 : 1)
}

const served = Array(10).fill(200)

const valkey = hasValkey() ? await startValkey() : undefined
const client = valkey && new Redis(valkey.port, '127.0.0.1')
afterAll(async () => {
  client?.disconnect()
  await valkey?.stop()
})

const onValkey = () => {
  if (client === undefined) throw new Error('Valkey was not started')
  return client
}

const withoutValkey: [string, Guard['singleUse'], Configure][] = [
  ['without nonces, each with a store of its own', 'once_per_node', () => () => ({})],
  [
    'with one store and one key for nonces',
    'once',
    (clock) => {
      const store = createMemoryReplayStore({ clock })
      const replayStore: ReplayStore = { shared: true, addIfAbsent: (...use) => store.addIfAbsent(...use) }
      return () => ({ replayStore, nonces: createNodeNonces({ audience, key }) })
    },
  ],
  [
    'with one key for nonces alone, which leaves a proof good once per node',
    'once_per_node',
    () => () => ({ nonces: createNodeNonces({ audience, key }) }),
  ],
]
const withValkey: typeof withoutValkey = [
  [
    'with a store on Valkey',
    'once',
    (clock) => () => ({ replayStore: createValkeyReplayStore({ client: onValkey(), clock }) }),
  ],
  [
    'with a store and nonces on Valkey',
    'once',
    (clock) => {
      // One source for both: each node proposes another key, and both must take the one in Valkey.
      const random = fixedRandom('nonces')
      return () => ({
        replayStore: createValkeyReplayStore({ client: onValkey(), clock }),
        nonces: createValkeyNonces({ client: onValkey(), clock, audience, random }),
      })
    },
  ],
]

describe('two nodes behind a balancer that takes turns serve the SDK', () => {
  test.each([...withoutValkey, ...(valkey ? withValkey : [])])('%s', async (_, singleUse, configure) => {
    const { state, nodes, ten } = world(configure)
    state.next = roundRobin()
    expect(nodes.map((node) => node.singleUse)).toEqual([singleUse, singleUse])
    expect(await ten()).toEqual(served)
  })
})

describe('with nonces of each node', () => {
  const perNode: Configure = () => () => ({ nonces: createNodeNonces({ audience }) })

  test('a balancer that takes turns has the SDK refused: it sends a request again once, and that reaches the other', async () => {
    const { state, nodes, ten } = world(perNode)
    state.next = roundRobin()
    expect(nodes[0].singleUse).toBe('once')
    expect(await ten()).toEqual(Array(10).fill(401))
    expect(new Set(state.codes.slice(1))).toEqual(new Set(['NONCE_INVALID']))
  })

  test('one that keeps a client at one node has it served', async () => {
    const { state, ten } = world(perNode)
    state.next = () => 1
    expect(await ten()).toEqual(served)
    expect(state.codes.slice(0, 2)).toEqual(['NONCE_MISSING', 'ok'])
  })
})
