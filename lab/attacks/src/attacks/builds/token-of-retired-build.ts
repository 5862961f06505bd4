import type { Attack } from '../../attack.ts'
import { callFrom } from '../../verdict.ts'

export const tokenOfRetiredBuild: Attack = {
  id: 'token-of-retired-build',
  title: 'A token of before its build was retired goes on being used',
  oat: 'OAT-006',
  method:
    'a build is registered, attests, and is retired; the device sends another request with the token that it has',
  run: {
    assay: async (world) => {
      const id = 'short-lived'
      await world.operator.register(world.apks.release, { id })
      const device = await world.device({ build: id })
      try {
        const twin = await callFrom(device, world.apis.orders, world)
        await world.operator.retire(id)
        return { attack: await callFrom(device, world.apis.orders, world), twin }
      } finally {
        device.close()
      }
    },
  },
}
