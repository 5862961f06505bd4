import { memoryImage } from '@assay/client'
import { deviceWithBuild } from '../../kinds/device-with-build.ts'

export const belowMinimumVersion = deviceWithBuild({
  id: 'below-minimum-version',
  title: "Downgrade: a build below the app's minimum version",
  oat: 'OAT-020',
  method: 'an old build that is still registered, complete and unchanged',
  target: ({ apis }) => apis.webOrders,
  device: ({ builds: { webOutdated }, webDevice }) =>
    webDevice({ build: webOutdated.id, apk: memoryImage(webOutdated.segments) }),
  twin: ({ webDevice }) => webDevice(),
})
