import { readClientData } from '@assay/testkit'
import { paths, type AttestationRequest } from '@assay/protocol'
import type { Attack } from '../../attack.ts'
import { attestTampered, withClientData } from '../../kinds/tampered-answer.ts'
import type { World } from '../../world.ts'

/** The plan that the service asks of the web app, base64url. */
async function planOfWebApp({ webDevice, apis }: World): Promise<string> {
  const device = await webDevice()
  await device.client.getToken(apis.orders.url)
  device.close()
  const answer = device.exchanges.find(({ path }) => path === paths.attestations)
    ?.request as AttestationRequest
  return readClientData(answer).plan
}

export const planOfOtherApp: Attack = {
  id: 'plan-of-other-app',
  title: "Another app's plan is echoed",
  oat: 'OAT-020',
  method: 'issued by this service in this epoch, for the small web app',
  run: {
    assay: async (world) => {
      const plan = await planOfWebApp(world)
      return {
        attack: await attestTampered(
          world,
          withClientData(() => ({ plan })),
        ),
        twin: await attestTampered(
          world,
          withClientData((data) => ({ plan: data.plan })),
        ),
      }
    },
  },
}
