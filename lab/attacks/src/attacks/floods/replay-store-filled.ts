import { forgeProof, type SoftwareKey } from '@assay/testkit'
import type { Attack, Verdict } from '../../attack.ts'
import { send } from '../../kinds/forged-request.ts'
import { callFrom, refused, served } from '../../verdict.ts'
import { crampedCapacity, shop, type World } from '../../world.ts'

const keys = 200
/** Of each key: together more than the store takes. */
const proofs = Math.ceil((1.5 * crampedCapacity) / keys)
/** Devices and requests under way at once. */
const atOnce = 8

export const replayStoreFilled: Attack = {
  id: 'replay-store-filled',
  title: 'Genuine tokens of many keys fill the store of used proofs, so that it takes none of anybody else',
  oat: 'OAT-015',
  method: `${keys} keys with tokens of their own send ${keys * proofs} proofs to a node that remembers ${crampedCapacity}; a genuine device that it knows calls before and after`,
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
}

/** The codes with which the API's log says no. */
async function fill(world: World): Promise<string> {
  const codes = new Set<string>()
  const loot = await several(keys, () => enrol(world))
  // In turn, as if all of them were at it at the same time.
  for (let round = 0; round < proofs; round++) {
    await several(keys, async (n) => {
      const { code } = await spend(world, loot[n] as Loot)
      if (code !== null) codes.add(code)
    })
  }
  return [...codes].sort().join(',')
}

interface Loot {
  readonly token: string
  readonly key: SoftwareKey
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

function spend(world: World, { token, key }: Loot): Promise<Verdict> {
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
