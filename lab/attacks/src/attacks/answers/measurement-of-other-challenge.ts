import { paths, type AttestationRequest, type ClientData } from '@assay/protocol'
import { readClientData } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { withLoot } from '../../kinds/forged-request.ts'
import { attestTampered, withClientData } from '../../kinds/tampered-answer.ts'

export const measurementOfOtherChallenge: Attack = {
  id: 'measurement-of-other-challenge',
  title: 'A measurement that was made for another challenge',
  oat: 'OAT-006',
  method: 'recorded from a genuine attestation of the same build in the same epoch, signed again',
  run: {
    assay: (world) =>
      withLoot(world, async ({ device }) => {
        const recorded = device.exchanges.find(({ path }) => path === paths.attestations)
        const { measurement } = readClientData(recorded?.request as AttestationRequest)
        const own = ({ measurement }: ClientData) => ({ measurement })
        return {
          attack: await attestTampered(
            world,
            withClientData(() => ({ measurement })),
          ),
          twin: await attestTampered(world, withClientData(own)),
        }
      }),
  },
}
