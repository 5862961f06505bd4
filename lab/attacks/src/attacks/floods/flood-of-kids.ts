import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { openJws } from '../../jws.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf, served } from '../../verdict.ts'
import { shop } from '../../world.ts'

const times = 300
/** Fetches of the key set that are in order: the first one, and one for a kid that might be new. */
const inOrder = 2

export const floodOfKids: Attack = {
  id: 'flood-of-kids',
  title: 'A flood of tokens under made-up kids, so that the guard asks the service for keys each time',
  oat: 'OAT-015',
  method: `${times} tokens; through if the guard fetches keys more than ${inOrder} times, or a genuine request is not served`,
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const target = world.apis.counting
        const url = target.url + shop.orders
        const { header, payload } = openJws(loot.token)
        const own = createSoftwareKey()
        const tries = Array.from({ length: times }, (_, i) =>
          send(
            {
              token: signJws({ ...header, kid: `made-up-${i}` }, payload, own),
              proof: forgeProof(own, 'GET', url),
              target,
            },
            world,
          ),
        )
        const verdict = allOf(await Promise.all(tries))
        const twin = await send({ ...sound({ ...loot, url }), target }, world)
        return { attack: target.keyFetches() > inOrder ? served() : verdict, twin }
      }),
  },
}
