import { paths, type AttestationRequest } from '@assay/protocol'
import { forgeAttestation } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { withLoot } from '../../kinds/forged-request.ts'
import { post } from '../../verdict.ts'

export const challengeUsedAgain: Attack = {
  id: 'challenge-used-again',
  title: 'A used challenge is answered a second time',
  oat: 'OAT-019',
  method: 'the same key, other client data; twin: the very same answer again, as after a lost reply',
  run: {
    assay: (world) =>
      withLoot(world, async ({ device, key }) => {
        const recorded = device.exchanges.find(({ path }) => path === paths.attestations)
        const answer = recorded?.request as AttestationRequest
        const other = forgeAttestation(answer, key, (data) => ({ ...data, sdk: 'other/1' }))
        return {
          attack: await post(world, paths.attestations, other),
          twin: await post(world, paths.attestations, answer),
        }
      }),
  },
}
