import { forgeProof, type Device, type SoftwareKey } from '@assay/testkit'
import type { Attack, Attempt, About } from '../attack.ts'
import { allOf, call, present, type Call } from '../verdict.ts'
import { shop, type Target, type World } from '../world.ts'

/** What the attacker has: a genuine token, and the key of its device where the attack needs it. */
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

/** A request as the attacker makes it up: a token and a proof, and where it goes; default: to read the orders. */
export interface Forged extends Call {
  token: string
  proof: string
  target?: Target
}

interface ForgedRequest extends About {
  /** What is sent, one after the other. All of it must be refused. */
  forge: (loot: Loot) => Promise<Forged[]> | Forged[]
}

/** Tokens and proofs that someone other than the genuine device puts together. Twin: the genuine token, a sound proof. */
export function forgedRequest({ forge, ...about }: ForgedRequest): Attack {
  return {
    ...about,
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const verdicts = []
          for (const forged of await forge(loot)) verdicts.push(await send(forged, world))
          return { attack: allOf(verdicts), twin: await send(sound(loot), world) }
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
