import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths, type AttestationRequest } from '@assay/protocol'
import { readClientData } from '@assay/testkit'
import type { Attack, Verdict } from '../../attack.ts'
import { allOf, callFrom, served } from '../../verdict.ts'
import type { World } from '../../world.ts'

type Plan = Record<string, unknown> & { reads: object[] }

/** Makes plans that want more than the app's own code and the probes that the SDK declares. */
const greedy: readonly ((plan: Plan) => object)[] = [
  (plan) => ({ ...plan, probes: ['contacts.all'] }),
  (plan) => ({ ...plan, reads: [{ op: 'file', path: '/data/data/secrets.db' }] }),
  (plan) => ({ ...plan, reads: [{ op: 'range', segment: 4000, length: 512 }] }),
  (plan) => ({
    ...plan,
    reads: Array.from({ length: 64 }, () => ({ op: 'range', segment: 0, length: 4096 })),
  }),
  (plan) => ({ ...plan, app: 'com.example.other' }),
  (plan) => ({ ...plan, live: { show: ['eval'], run: [] } }),
]

/** A service that hands out `plan`, and whether an app answered it. */
async function pretend(plan: object) {
  let answered = false
  const server = createServer((request: IncomingMessage, response) => {
    request.resume()
    if (request.url === paths.attestations) answered = true
    const challenge = randomBytes(48).toString('base64url')
    const text = Buffer.from(JSON.stringify(plan)).toString('base64url')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ attestation_challenge: challenge, plan: text, expires_in: 120 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: () => answered,
    close: () => void server.close(),
  }
}

/** Through if the genuine app's SDK answers. */
async function ask(world: World, plan: object): Promise<Verdict> {
  const service = await pretend(plan)
  const device = await world.device({ endpoint: service.url })
  try {
    const verdict = await callFrom(device, world.apis.orders, world)
    return service.answered() ? served() : verdict
  } finally {
    device.close()
    service.close()
  }
}

export const hostileService: Attack = {
  id: 'hostile-service',
  title: "Someone in place of the service asks the SDK for more than the app's code",
  oat: 'OAT-018',
  method:
    "undeclared probes, a file, segments that are not there, half a megabyte, another app's plan, other functions",
  run: {
    assay: async (world) => {
      const device = await world.device()
      try {
        const twin = await callFrom(device, world.apis.orders, world)
        const exchange = device.exchanges.find(({ path }) => path === paths.attestations)
        const { plan } = readClientData(exchange?.request as AttestationRequest)
        const genuine = JSON.parse(Buffer.from(plan, 'base64url').toString()) as Plan
        const tries = greedy.map((change) => ask(world, change(genuine)))
        return { attack: allOf(await Promise.all(tries)), twin }
      } finally {
        device.close()
      }
    },
  },
}
