import { apkSegments } from '@assay/testkit'
import { memoryImage } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import type { Attack } from '../../attack.ts'
import { call } from '../../verdict.ts'
import { shop } from '../../world.ts'

export const sdkHeadless: Attack = {
  id: 'sdk-headless',
  title: 'The SDK is run without the app, over a copy of it',
  oat: 'OAT-005',
  method: "a Node script uses the public SDK as it is; its reader reads the APK's file",
  run: {
    'assay-software': async ({ service, apps, builds, apis, apks }) => {
      const client = createNodeClient({
        endpoints: [service],
        app: apps.android,
        build: builds.release.id,
        audiences: { [apis.orders.url]: apis.orders.url },
        image: async () => memoryImage(await apkSegments(apks.release)),
      })
      try {
        const headers = await client.proof({ method: 'GET', url: apis.orders.url + shop.orders })
        return { attack: await call(apis.orders, { headers: { ...headers } }) }
      } finally {
        client.close()
      }
    },
  },
}
