import { memoryImage } from '@assay/client'
import type { Attack } from '../attack.ts'
import { noRegistration, noToken, onlyAssay, refusedWith, through } from '../expected.ts'
import { deviceWithBuild } from '../kinds/device-with-build.ts'
import { callFrom } from '../verdict.ts'

/** Builds and apps that may not have tokens, or no longer. */
export const builds: readonly Attack[] = [
  deviceWithBuild({
    id: 'unknown-app',
    title: 'An app that nobody registered',
    oat: 'OAT-019',
    method: 'the genuine code under an app id of its own',
    expected: onlyAssay(noRegistration, refusedWith('app_not_registered')),
    device: (world) => world.device({ app: 'com.example.clone' }),
    twin: (world) => world.device(),
  }),
  deviceWithBuild({
    id: 'unknown-build',
    title: 'A build that nobody registered',
    oat: 'OAT-020',
    method: 'the genuine app under a build id of its own',
    expected: onlyAssay(noRegistration, refusedWith('build_not_registered')),
    device: (world) => world.device({ build: '9.9.9' }),
    twin: (world) => world.device(),
  }),
  deviceWithBuild({
    id: 'retired-build',
    title: 'A build that has been retired',
    oat: 'OAT-020',
    method: 'the same device before and after the operator retires the build',
    expected: onlyAssay(noRegistration, refusedWith('build_retired')),
    device: (world) => world.device({ build: world.builds.successor.id }),
    twin: (world) => world.device({ build: world.builds.successor.id }),
    meanwhile: ({ operator, builds }) => operator.retire(builds.successor.id),
  }),
  {
    id: 'token-of-retired-build',
    title: 'A token of before its build was retired goes on being used',
    oat: 'OAT-006',
    method:
      'a build is registered, attests, and is retired; the device sends another request with the token that it has',
    expected: onlyAssay(noToken, through),
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
  },
  deviceWithBuild({
    id: 'below-minimum-version',
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
    title: 'Downgrade: the web app asks for tokens of an API that is for the Android app',
    oat: 'OAT-020',
    method: 'a copy of the web app, which everyone can download, asks the service for the other audience',
    expected: onlyAssay(noRegistration, refusedWith('audience_not_registered')),
    target: ({ apis }) => apis.payments,
    device: ({ apis: { payments }, webDevice }) => webDevice({ audiences: { [payments.url]: payments.url } }),
    twin: (world) => world.device(),
  }),
  {
    id: 'other-platform-token',
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
