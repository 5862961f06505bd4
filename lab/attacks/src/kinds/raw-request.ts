import { randomUUID } from 'node:crypto'
import { headerNames } from '@assay/protocol'
import { forgeProof, sendRaw, type RawResponse } from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { allOf, everyOf, refused, served } from '../world/outcome.ts'
import { shop, type Target } from '../world/world.ts'
import { withLoot, type Loot } from './forged-request.ts'

type Field = readonly [name: string, value: string]

/** The parts of a raw request. */
export interface RawParts {
  /** The field by which the API's log names the request. */
  readonly id: Field
  /** Host and port of the API. */
  readonly host: string
  readonly token: Field
  /** A sound proof for a request to this API; `claims` replaces some of it. */
  proof(request?: { method?: string; path?: string; claims?: object }): Field
  /** A request in bytes: `Host`, `Connection: close` and the request's name are added. */
  request(line: string, fields?: readonly Field[], body?: string): string
}

interface RawRequests extends About {
  /** Each must be refused by the API under every framework. */
  variants: readonly ((parts: RawParts) => string)[]
}

/** Bytes that HTTP libraries would not send, to the API under each framework. Twin: a sound request in raw bytes. */
export function rawRequests({ variants, ...about }: RawRequests): Attack {
  return {
    ...about,
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const targets = Object.values(world.apis.nodes)
          const tries = targets.flatMap((target) => variants.map((variant) => trial(target, loot, variant)))
          const twins = targets.map((target) => trial(target, loot, soundRequest))
          return { attack: allOf(await Promise.all(tries)), twin: everyOf(await Promise.all(twins)) }
        }),
    },
  }
}

const soundRequest = ({ request, token, proof }: RawParts) => request(`GET ${shop.orders}`, [token, proof()])

async function trial(target: Target, loot: Loot, variant: (parts: RawParts) => string): Promise<Outcome> {
  const id = randomUUID()
  const responses = await sendRaw(Number(new URL(target.url).port), variant(partsOf(target, loot, id)))
  if (responses.some(givesOrders)) return served()
  const refusal = responses.findLast(({ status }) => status >= 300)
  // The API returned only public contents.
  if (refusal === undefined && responses.length > 0) return refused(200, 'OPEN_ROUTE')
  if (refusal === undefined) return refused(0, 'NO_ANSWER')
  return refused(refusal.status, target.codeOf(id) ?? `HTTP_${refusal.status}`)
}

/** Whether the attacker got the orders, or placed one; public contents do not count. */
function givesOrders({ status, body }: RawResponse): boolean {
  return status < 300 && /"orders"|"id"/.test(body)
}

function partsOf(target: Target, { token, key }: Loot, id: string): RawParts {
  const { host } = new URL(target.url)
  const idField: Field = ['X-Request-Id', id]
  return {
    id: idField,
    host,
    token: [headerNames.attestation, token],
    proof: ({ method = 'GET', path = shop.orders, claims = {} } = {}) => [
      headerNames.dpop,
      forgeProof(key, method, target.url + path, claims),
    ],
    request: (line, fields = [], body = '') => {
      const length: Field[] = body === '' ? [] : [['Content-Length', String(body.length)]]
      const all: Field[] = [['Host', host], ['Connection', 'close'], idField, ...fields, ...length]
      return `${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
    },
  }
}
