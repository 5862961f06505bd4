import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'

export const proofReplayedSecondNode: Attack = {
  id: 'proof-replayed-second-node',
  title: 'A proof is used once more at a second node of the API',
  oat: 'OAT-006',
  method: 'two guards under one base URL, without a shared store and without nonces',
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const captured = sound(loot)
        const twin = await send(captured, world)
        return { attack: await send({ ...captured, target: world.apis.ordersSecondNode }, world), twin }
      }),
  },
}
