import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf, served } from '../../verdict.ts'

const times = 20

export const proofRaced: Attack = {
  id: 'proof-raced',
  title: 'A proof is sent many times at once, before its first use is over',
  oat: 'OAT-013',
  method: `${times} connections; through if more than one of them is served`,
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const captured = sound(loot)
        const verdicts = await Promise.all(Array.from({ length: times }, () => send(captured, world)))
        const first = verdicts.filter(({ through }) => through)
        const others = verdicts.filter(({ through }) => !through)
        return { attack: first.length > 1 ? served() : allOf(others), twin: first[0] ?? allOf(others) }
      }),
  },
}
