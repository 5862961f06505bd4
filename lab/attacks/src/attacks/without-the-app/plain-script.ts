import type { Attack } from '../../attack.ts'
import { call, callFrom } from '../../verdict.ts'
import { findSecrets } from '../../found-secrets.ts'
import { shop } from '../../world.ts'

export const plainScript: Attack = {
  id: 'plain-script',
  title: 'A script calls the API',
  oat: 'OAT-011',
  method: 'GET without any credential',
  run: {
    unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
    'embedded-secret': async ({ apis, apks }) => {
      const [secret = ''] = await findSecrets(apks.release)
      return {
        attack: await call(apis.embeddedSecret),
        twin: await call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }),
      }
    },
    assay: async (world) => {
      const { orders } = world.apis
      const device = await world.device()
      try {
        return { attack: await call(orders), twin: await callFrom(device, orders, world) }
      } finally {
        device.close()
      }
    },
  },
}
