import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { paths } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noService, noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { openJws } from '../kinds/jws.ts'
import { flood } from '../kinds/flood.ts'
import { send, sound, withLoot } from '../kinds/forged-request.ts'
import { callFrom } from '../world/call.ts'
import { allOf, everyOf, refused, served } from '../world/outcome.ts'
import { crampedCapacity, shop, type World } from '../world/world.ts'

const { thumbprint } = createSoftwareKey()

const idleConnections = 400

const madeUpKids = 300

const requestsMeanwhile = 5

const spendingKeys = 200

/** Proofs per key: together more than the store accepts. */
const proofsPerKey = Math.ceil((1.5 * crampedCapacity) / spendingKeys)

/** Devices and requests under way at once. */
const atOnce = 8

interface Loot {
  readonly token: string
  readonly key: SoftwareKey
}

/** Work, connections and keys, more than anybody honest would ask for. */
export const floods: readonly Attack[] = [
  flood({
    id: 'flood-of-challenges',
    sdks: without('at-the-service'),
    title: 'A flood of requests for challenges, from one network',
    oat: 'OAT-015',
    method:
      '10,000 sound requests or more, as fast as they go; genuine devices enrol meanwhile, from elsewhere',
    expected: onlyAssay(noService, refusedWith('rate_limited')),
    networks: 1,
    firstNetwork: 0,
    requests: 10_000,
    until: 'rate_limited',
    path: paths.challenges,
    body: ({ apps, builds, apis }) =>
      JSON.stringify({
        app: apps.android,
        build: builds.release.id,
        sdk: 'assay-js/0.1.0',
        key: thumbprint,
        purpose: 'enrolment',
        audiences: [apis.orders.url],
      }),
  }),
  flood({
    id: 'flood-of-junk',
    sdks: without('at-the-service'),
    title: 'A flood of junk answers, from 60 networks',
    oat: 'OAT-015',
    method:
      '1,800 answers of up to 80 kB with random client data and signature; genuine devices enrol meanwhile',
    expected: onlyAssay(noService, refusedWith('client_data_malformed')),
    networks: 60,
    firstNetwork: 1,
    requests: 30,
    path: paths.attestations,
    body: (_world, n) =>
      JSON.stringify({
        client_data: randomBytes(n % 10 === 0 ? 60_000 : 1_500).toString('base64url'),
        signature: randomBytes(64).toString('base64url'),
        evidence: [],
      }),
  }),
  {
    id: 'flood-of-idle-connections',
    sdks: without('at-the-service'),
    title: 'Connections are opened and kept busy with requests that do not end',
    oat: 'OAT-015',
    method: `${idleConnections} connections that stop within a field; a genuine device enrols meanwhile`,
    expected: onlyAssay(noService, refusedWith('OTHERS_SERVED')),
    run: {
      assay: async (world) => {
        const sockets = await Promise.all(
          Array.from({ length: idleConnections }, () => openIdle(world.service)),
        )
        const device = await world.device()
        try {
          const twin = await callFrom(device, world.apis.orders, world)
          return { attack: twin.through ? refused(0, 'OTHERS_SERVED') : served(), twin }
        } finally {
          device.close()
          for (const socket of sockets) socket.destroy()
        }
      },
    },
  },
  {
    id: 'flood-of-kids',
    sdks: without('at-the-api'),
    title: 'A flood of tokens with made-up kids, so that the guard asks the service for keys each time',
    oat: 'OAT-015',
    method: `${madeUpKids} tokens; through if the guard fetches keys more than once, or a genuine request is not served`,
    expected: onlyAssay(noToken, refusedWith('TOKEN_KEY_UNKNOWN')),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const target = world.apis.counting
          const url = target.url + shop.orders
          const { header, payload } = openJws(loot.token)
          const own = createSoftwareKey()
          const tries = Array.from({ length: madeUpKids }, (_, i) =>
            send(
              {
                token: signJws({ ...header, kid: `made-up-${i}` }, payload, own),
                proof: forgeProof(own, 'GET', url),
                target,
              },
              world,
            ),
          )
          const outcome = allOf(await Promise.all(tries))
          const twin = await send({ ...sound({ ...loot, url }), target }, world)
          return { attack: target.keyFetches() > 1 ? served() : outcome, twin }
        }),
    },
  },
  {
    id: 'jwks-hangs',
    sdks: without('at-the-api'),
    title: "The service's JWKS endpoint is made to hang, so that no API behind a guard answers",
    oat: 'OAT-015',
    method: `the keys grow old while it hangs; through if one of ${requestsMeanwhile} genuine requests is not served before the guard gives up on it`,
    expected: onlyAssay(noToken, refusedWith('OTHERS_SERVED')),
    run: {
      assay: async (world) => {
        const target = world.apis.renewing
        const device = await world.device()
        try {
          // The twin: the keys grow old, and the endpoint answers.
          const fresh = await callFrom(device, target, world)
          target.age()
          const twin = everyOf([fresh, await callFrom(device, target, world)])
          const { gaveUp } = target.hang()
          target.age()
          const held = gaveUp.then(() => refused(0, 'HELD_UP'))
          const outcomes = []
          for (let i = 0; i < requestsMeanwhile; i++)
            outcomes.push(await Promise.race([callFrom(device, target, world), held]))
          return { attack: everyOf(outcomes).through ? refused(0, 'OTHERS_SERVED') : served(), twin }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'replay-store-filled',
    sdks: without('at-the-api'),
    title: 'Genuine tokens of many keys fill the store of used proofs, so that it accepts no other proofs',
    oat: 'OAT-015',
    method: `${spendingKeys} keys with tokens of their own send ${spendingKeys * proofsPerKey} proofs to a node that remembers ${crampedCapacity}; a genuine device that it knows calls before and after`,
    expected: onlyAssay(noToken, refusedWith('PROOF_SHARE_SPENT')),
    run: {
      assay: async (world) => {
        const device = await world.device()
        try {
          const twin = await callFrom(device, world.apis.cramped, world)
          const codes = await fill(world)
          const after = await callFrom(device, world.apis.cramped, world)
          return { attack: after.through ? refused(429, codes) : served(), twin }
        } finally {
          device.close()
        }
      },
    },
  },
]

/** Begins a request and does not end it. */
function openIdle(service: string): Promise<Socket> {
  const { port, host } = new URL(service)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`POST ${paths.attestations} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 80000\r\nX-A: `)
      resolve(socket)
    })
    // What the service does to it later is its own affair.
    socket.once('error', reject).on('error', () => undefined)
  })
}

/** The codes with which the API's log says no. */
async function fill(world: World): Promise<string> {
  const codes = new Set<string>()
  const loot = await several(spendingKeys, () => enrol(world))
  // In turn, as if all of them were at it at the same time.
  for (let round = 0; round < proofsPerKey; round++) {
    await several(spendingKeys, async (n) => {
      const { code } = await spend(world, loot[n] as Loot)
      if (code !== null) codes.add(code)
    })
  }
  return [...codes].sort().join(',')
}

async function enrol(world: World): Promise<Loot> {
  const device = await world.device()
  try {
    const { token } = await device.client.getToken(world.apis.orders.url)
    return { token, key: device.key }
  } finally {
    device.close()
  }
}

function spend(world: World, { token, key }: Loot): Promise<Outcome> {
  const target = world.apis.cramped
  return send({ token, proof: forgeProof(key, 'GET', target.url + shop.orders), target }, world)
}

/** What `make` gives for 0 to `count` - 1, a few at once. */
async function several<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made = new Array<T>(count)
  let next = 0
  const work = async () => {
    for (let n = next++; n < count; n = next++) made[n] = await make(n)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return made
}
