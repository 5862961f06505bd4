import { headerNames } from '@assay/protocol'
import type { Attack } from '../../attack.ts'
import { send, sound, withLoot } from '../../kinds/forged-request.ts'
import { allOf, call } from '../../verdict.ts'

export const tokenWithoutProof: Attack = {
  id: 'token-without-proof',
  title: 'A token used as if it were a bearer token',
  oat: 'OAT-020',
  method: 'in its own field and in Authorization, with no proof',
  run: {
    assay: (world) =>
      withLoot(world, async (loot) => {
        const { token } = loot
        const tries = [
          { [headerNames.attestation]: token },
          { authorization: `Bearer ${token}` },
          { [headerNames.attestation]: token, authorization: `Bearer ${token}` },
        ].map((headers) => call(world.apis.orders, { headers }))
        return { attack: allOf(await Promise.all(tries)), twin: await send(sound(loot), world) }
      }),
  },
}
