import type { Attack } from '../../attack.ts'
import { call } from '../../verdict.ts'
import { shop } from '../../world.ts'

export const brokeredDevice: Attack = {
  id: 'brokered-device',
  title: 'A script has a genuine device sign each of its requests',
  oat: 'OAT-005',
  method: "the genuine app's SDK gives token and proof, the script sends them from elsewhere",
  run: {
    assay: async (world) => {
      const { orders } = world.apis
      const device = await world.device()
      try {
        const url = orders.url + shop.orders
        const headers = await device.client.proof({ method: 'GET', url })
        return { attack: await call(orders, { headers: { ...headers } }) }
      } finally {
        device.close()
      }
    },
  },
}
