import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { allOf, call, everyOf } from '../../verdict.ts'
import { shop } from '../../world.ts'

const times = 5

export const capturedRequest: Attack = {
  id: 'captured-request',
  title: 'A request of the genuine app is recorded and sent again and again',
  oat: 'OAT-006',
  method: `every field as the app sent it, ${times} times more`,
  run: {
    unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
    'embedded-secret': async ({ apis, apks }) => {
      const [secret = ''] = await findSecrets(apks.release)
      const captured = { headers: { [shop.secretHeader]: secret } }
      const first = await call(apis.embeddedSecret, captured)
      return { attack: await call(apis.embeddedSecret, captured), twin: first }
    },
    assay: async (world) => {
      const { orders } = world.apis
      const device = await world.device()
      try {
        const url = orders.url + shop.orders
        const headers = { ...(await device.client.proof({ method: 'GET', url })) }
        const twin = await call(orders, { headers })
        const again = Array.from({ length: times }, () => call(orders, { headers }))
        return { attack: allOf(await Promise.all(again)), twin: everyOf([twin]) }
      } finally {
        device.close()
      }
    },
  },
}
