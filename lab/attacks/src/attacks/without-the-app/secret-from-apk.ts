import { headerNames } from '@assay/protocol'
import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { allOf, call, callFrom } from '../../verdict.ts'
import { shop } from '../../world.ts'

export const secretFromApk: Attack = {
  id: 'secret-from-apk',
  title: 'A script uses the secret that it found in the APK',
  oat: 'OAT-008',
  method: 'the APK is unzipped and searched for members named like secrets; each value is tried',
  run: {
    'embedded-secret': async ({ apis, apks }) => {
      const tries = (await findSecrets(apks.release)).map((secret) =>
        call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }),
      )
      return { attack: allOf(await Promise.all(tries)) }
    },
    assay: async (world) => {
      const { orders } = world.apis
      const fields = (await findSecrets(world.apks.release)).flatMap((secret) => [
        { [shop.secretHeader]: secret },
        { authorization: `Bearer ${secret}` },
        { [headerNames.attestation]: secret },
      ])
      const device = await world.device()
      try {
        const tries = fields.map((headers) => call(orders, { headers }))
        return { attack: allOf(await Promise.all(tries)), twin: await callFrom(device, orders, world) }
      } finally {
        device.close()
      }
    },
  },
}
