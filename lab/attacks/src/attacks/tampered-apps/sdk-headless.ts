import { apkSegments } from '@assay/testkit'
import { AssayClientError, memoryImage } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import type { Attack, Attempt } from '../../attack.ts'
import { tryDevice } from '../../kinds/try-device.ts'
import { call, verdictOfError } from '../../verdict.ts'
import { shop, type World } from '../../world.ts'

async function runHeadless(world: World): Promise<Attempt['attack']> {
  const { service, apps, builds, apis, apks } = world
  const client = createNodeClient({
    endpoints: [service],
    app: apps.android,
    build: builds.release.id,
    audiences: { [apis.orders.url]: apis.orders.url },
    image: async () => memoryImage(await apkSegments(apks.release)),
  })
  try {
    const headers = await client.proof({ method: 'GET', url: apis.orders.url + shop.orders })
    return await call(apis.orders, { headers: { ...headers } })
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return await verdictOfError(error, world)
  } finally {
    client.close()
  }
}

export const sdkHeadless: Attack = {
  id: 'sdk-headless',
  title: 'The SDK is run without the app, over a copy of it',
  oat: 'OAT-005',
  method: "a Node script uses the public SDK as it is; its reader reads the APK's file",
  run: {
    assay: async (world) => ({
      attack: await runHeadless(world),
      twin: await tryDevice(world, world.device()),
    }),
  },
}
