import { setTimeout as pause } from 'node:timers/promises'
import { memoryImage } from '@assay/client'
import { headerNames } from '@assay/protocol'
import { forgeProof, type Device } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import { sendToApi } from '../drivers/attempt.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import type { Attack } from '../attack/attack.ts'
import { noRegistration, noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { deviceWithBuild } from '../kinds/device-with-build.ts'
import { call, callFrom, present } from '../world/call.ts'
import { shop, type World } from '../world/world.ts'

/** Within this time a retirement reaches guards: docs/status-list.md. */
const reachesGuards = 30_000

/** The attacker keeps the token that the device has, and asks for no other. */
async function callsWithOneToken({ client, key }: Device, { apis: { orders } }: World) {
  const { token } = await client.getToken(orders.url)
  return () => call(orders, { headers: present(token, forgeProof(key, 'GET', orders.url + shop.orders)) })
}

const tokenOfRetiredBuild: Attack = {
  id: 'token-of-retired-build',
  sdks: without('at-the-api'),
  title: 'A token is still used after its build was retired',
  oat: 'OAT-006',
  method:
    'two builds are registered and attest; one is retired, and half a minute later both devices send another request with the token that they had',
  expected: onlyAssay(noToken, refusedWith('TOKEN_BUILD_RETIRED')),
  run: {
    assay: async (world) => {
      const devices: Device[] = []
      try {
        const calls = []
        for (const build of ['short-lived', 'long-lived']) {
          await world.operator.register(world.apks.release, { id: build })
          const device = await world.device({ build })
          devices.push(device)
          calls.push(await callsWithOneToken(device, world))
        }
        const [retired, staying] = calls as [() => ReturnType<typeof call>, () => ReturnType<typeof call>]
        for (const before of [await retired(), await staying()])
          if (!before.through) return { attack: before, twin: before }
        await world.operator.retire('short-lived')
        const end = performance.now() + reachesGuards
        let attack = await retired()
        while (attack.through && performance.now() < end) {
          await pause(500)
          attack = await retired()
        }
        return { attack, twin: await staying() }
      } finally {
        for (const device of devices) device.close()
      }
    },
  },
}

/** Builds and apps that may not have tokens, or no longer. */
export const builds: readonly Attack[] = [
  deviceWithBuild({
    id: 'unknown-app',
    sdks: {
      kotlin: (stage) => kotlin.attempt(stage, { app: 'com.example.clone' }),
      swift: (stage) => swift.attempt(stage, {}, { app: 'com.example.clone' }),
    },
    title: 'An unregistered app asks for a token',
    oat: 'OAT-019',
    method: 'the genuine code under an app id of its own',
    expected: onlyAssay(noRegistration, refusedWith('app_not_registered')),
    device: (world) => world.device({ app: 'com.example.clone' }),
    twin: (world) => world.device(),
  }),
  deviceWithBuild({
    id: 'unknown-build',
    sdks: {
      kotlin: (stage) => kotlin.attempt(stage, { build: '9.9.9' }),
      swift: (stage) => swift.attempt(stage, {}, { build: '9.9.9' }),
    },
    title: 'An unregistered build asks for a token',
    oat: 'OAT-020',
    method: 'the genuine app under a build id of its own',
    expected: onlyAssay(noRegistration, refusedWith('build_not_registered')),
    device: (world) => world.device({ build: '9.9.9' }),
    twin: (world) => world.device(),
  }),
  deviceWithBuild({
    id: 'retired-build',
    sdks: {
      kotlin: async (stage) =>
        kotlin.attempt(stage, {
          ...(await kotlin.bundled(stage, 'arm64-v8a')),
          build: stage.world.bundled.retired,
        }),
      async swift(stage) {
        const build = await stage.register('3')
        const app = (await stage.phone()).start({ build: build.id })
        const before = await swift.call(stage, app)
        await stage.retire(build)
        return before ?? swift.call(stage, app, { force: true })
      },
    },
    title: 'A retired build asks for a token',
    oat: 'OAT-020',
    method: 'the same device before and after the operator retires the build',
    expected: onlyAssay(noRegistration, refusedWith('build_retired')),
    device: (world) => world.device({ build: world.builds.successor.id }),
    twin: (world) => world.device({ build: world.builds.successor.id }),
    meanwhile: ({ operator, builds }) => operator.retire(builds.successor.id),
  }),
  tokenOfRetiredBuild,
  deviceWithBuild({
    id: 'below-minimum-version',
    sdks: {
      kotlin: async (stage) =>
        kotlin.attempt(stage, {
          ...(await kotlin.bundled(stage, 'arm64-v8a')),
          build: stage.world.bundled.outdated,
        }),
      async swift(stage) {
        await stage.setMinimum(stage.build.version_code)
        try {
          return await swift.attempt(stage, {}, { build: stage.olderBuild.id })
        } finally {
          await stage.setMinimum(stage.olderBuild.version_code)
        }
      },
    },
    title: "Downgrade: a build below the app's minimum version",
    oat: 'OAT-020',
    method: 'an old build that is still registered, complete and unchanged',
    expected: onlyAssay(noRegistration, refusedWith('build_below_minimum')),
    target: ({ apis }) => apis.webOrders,
    device: ({ builds: { webOutdated }, webDevice }) =>
      webDevice({ build: webOutdated.id, apk: memoryImage(webOutdated.segments) }),
    twin: ({ webDevice }) => webDevice(),
  }),
  deviceWithBuild({
    id: 'other-platform-audience',
    sdks: {
      async kotlin(stage) {
        const { other, bundled } = stage.world
        const { app, build, phones } = bundled
        const files = await bundled.installed('arm64-v8a')
        const audiences = { [other.url]: other.url }
        return kotlin.attempt(stage, { app, build, files, hardware: phones.pixel(), audiences })
      },
      async swift(stage) {
        const { url } = stage.webApi
        const app = (await stage.phone()).start({ audiences: { [url]: url } })
        return swift.codeOf(stage, await app.ask('token'))
      },
    },
    title: 'Downgrade: the web app asks for tokens of an API for the Android app',
    oat: 'OAT-020',
    method: 'a copy of the web app, which everyone can download, asks the service for the other audience',
    expected: onlyAssay(noRegistration, refusedWith('audience_not_registered')),
    target: ({ apis }) => apis.payments,
    device: ({ apis: { payments }, webDevice }) => webDevice({ audiences: { [payments.url]: payments.url } }),
    twin: (world) => world.device(),
  }),
  {
    id: 'other-platform-token',
    sdks: {
      async kotlin(stage) {
        const { api, route } = stage.world
        const audiences = { [route.url]: api.url }
        const [headers] = await kotlin.headersFor(stage, [kotlin.orders(route.url)], { audiences })
        return sendToApi(route, kotlin.named(headers, headerNames.attestation, headerNames.dpop))
      },
      async swift(stage) {
        const { url } = stage.webRoute
        const app = (await stage.phone()).start({ audiences: { [url]: stage.api.url } })
        return sendToApi(stage.webRoute, await swift.headersOf(app, 'GET', `${url}/v1/orders`))
      },
    },
    title: "Downgrade: the web app's token is sent to a route that is for the Android app",
    oat: 'OAT-020',
    method: 'the token is for this API and genuine; twin: the same device at the route for the web app',
    expected: onlyAssay(noRegistration, refusedWith('APP_NOT_ADMITTED')),
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
  },
]
