import { forgeProof, type Device, type SoftwareKey } from '@assay/testkit'
import type { Attack, Attempt, About } from '../attack/attack.ts'
import { call, present, type Call } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import { shop, type Target, type World } from '../world/world.ts'

/** The attacker's possessions: a genuine token, and the key of its device if the attack needs it. */
export interface Loot {
  readonly world: World
  readonly token: string
  readonly key: SoftwareKey
  readonly device: Device
  /** URL of the orders. */
  readonly url: string
  /** Unix seconds. */
  readonly now: number
}

/** A request of the attacker: a token, a proof and a destination; default: to read the orders. */
export interface Forged extends Call {
  token: string
  proof: string
  target?: Target
}

interface ForgedRequest extends About {
  /** The requests, sent one after the other. All of them must be refused. */
  forge: (loot: Loot) => Promise<Forged[]> | Forged[]
}

/** Tokens and proofs that do not come from the genuine device. Twin: the genuine token, a sound proof. */
export function forgedRequest({ forge, ...about }: ForgedRequest): Attack {
  return {
    ...about,
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const outcomes = []
          for (const forged of await forge(loot)) outcomes.push(await send(forged, world))
          return { attack: allOf(outcomes), twin: await send(sound(loot), world) }
        }),
    },
  }
}

/** A genuine device gets a token, which the attack then uses. */
export async function withLoot(world: World, use: (loot: Loot) => Promise<Attempt>): Promise<Attempt> {
  const device = await world.device()
  try {
    const { token } = await device.client.getToken(world.apis.orders.url)
    const url = world.apis.orders.url + shop.orders
    const now = Math.floor(Date.now() / 1000)
    return await use({ world, token, key: device.key, device, url, now })
  } finally {
    device.close()
  }
}

export function sound({ token, key, url }: Loot): Forged {
  return { token, proof: forgeProof(key, 'GET', url) }
}

export function send({ token, proof, target, headers, ...rest }: Forged, { apis }: World) {
  return call(target ?? apis.orders, { ...rest, headers: { ...present(token, proof), ...headers } })
}
