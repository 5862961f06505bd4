import { paths, type AttestationRequest } from '@assay/protocol'
import { createSoftwareKey, forgeAttestation } from '@assay/testkit'
import type { Attack, Verdict } from '../../attack.ts'
import { callFrom } from '../../verdict.ts'
import type { World } from '../../world.ts'

/** The genuine device asks for a challenge; what answers it is signed by `answering`, another key or its own. */
async function shop(world: World, withOwnKey: boolean): Promise<Verdict> {
  const key = createSoftwareKey()
  const answering = withOwnKey ? key : createSoftwareKey()
  const rewrite = (path: string, body: string) => {
    if (path !== paths.attestations) return body
    const answer = JSON.parse(body) as AttestationRequest
    return JSON.stringify(
      forgeAttestation(answer, answering, (data) => ({ ...data, key: answering.publicJwk })),
    )
  }
  const device = await world.device({ key, rewrite })
  try {
    return await callFrom(device, world.apis.orders, world)
  } finally {
    device.close()
  }
}

export const answerOtherKey: Attack = {
  id: 'answer-other-key',
  title: 'A challenge that was shopped for is answered under another key',
  oat: 'OAT-019',
  method: "measured by the genuine device; key and signature are the attacker's",
  run: {
    assay: async (world) => ({ attack: await shop(world, false), twin: await shop(world, true) }),
  },
}
