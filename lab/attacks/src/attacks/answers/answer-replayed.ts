import { paths, type AttestationResponse } from '@assay/protocol'
import { createSoftwareKey, forgeProof } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'

export const answerReplayed: Attack = {
  id: 'answer-replayed',
  title: "A thief sends the device's answer again and uses the token that comes back",
  oat: 'OAT-019',
  method: 'the same bytes get the same token, which is bound to a key that the thief has not',
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const recorded = loot.device.exchanges.find(({ path }) => path === paths.attestations)
        const again = await fetch(new URL(paths.attestations, world.service), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(recorded?.request),
        })
        const { tokens } = (await again.json()) as AttestationResponse
        const token = tokens.find(({ audience }) => audience === world.apis.orders.url)?.token ?? ''
        const proof = forgeProof(createSoftwareKey(), 'GET', loot.url)
        return {
          attack: await send({ token, proof }, world),
          twin: await send(sound({ ...loot, token }), world),
        }
      }),
  },
}
