import type { Attack } from '../../attack.ts'
import { callFrom, everyOf, refused, served } from '../../verdict.ts'

const requests = 5

export const jwksHangs: Attack = {
  id: 'jwks-hangs',
  title: "The service's JWKS endpoint is made to hang, so that no API behind a guard answers",
  oat: 'OAT-015',
  method: `the keys grow old while it hangs; through if one of ${requests} genuine requests is not served before the guard gives up on it`,
  run: {
    assay: async (world) => {
      const target = world.apis.renewing
      const device = await world.device()
      try {
        // The twin: the keys grow old, and the endpoint answers.
        const fresh = await callFrom(device, target, world)
        target.age()
        const twin = everyOf([fresh, await callFrom(device, target, world)])
        const { gaveUp } = target.hang()
        target.age()
        const held = gaveUp.then(() => refused(0, 'HELD_UP'))
        const verdicts = []
        for (let i = 0; i < requests; i++)
          verdicts.push(await Promise.race([callFrom(device, target, world), held]))
        return { attack: everyOf(verdicts).through ? refused(0, 'OTHERS_SERVED') : served(), twin }
      } finally {
        device.close()
      }
    },
  },
}
