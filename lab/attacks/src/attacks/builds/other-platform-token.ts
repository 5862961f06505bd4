import type { Attack } from '../../attack.ts'
import { callFrom } from '../../verdict.ts'

export const otherPlatformToken: Attack = {
  id: 'other-platform-token',
  title: "Downgrade: the web app's token is sent to a route that is for the Android app",
  oat: 'OAT-020',
  method: 'the token is for this API and genuine; twin: the same device at the route for the web app',
  run: {
    assay: async (world) => {
      const device = await world.webDevice()
      try {
        return {
          attack: await callFrom(device, world.apis.orders, world),
          twin: await callFrom(device, world.apis.webOrders, world),
        }
      } finally {
        device.close()
      }
    },
  },
}
