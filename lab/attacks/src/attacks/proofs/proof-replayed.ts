import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf } from '../../verdict.ts'

const times = 20

export const proofReplayed: Attack = {
  id: 'proof-replayed',
  title: 'A proof is used more than once',
  oat: 'OAT-006',
  method: `${times} times at the same moment after its first use`,
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const captured = sound(loot)
        const twin = await send(captured, world)
        const tries = Array.from({ length: times }, () => send(captured, world))
        return { attack: allOf(await Promise.all(tries)), twin }
      }),
  },
}
