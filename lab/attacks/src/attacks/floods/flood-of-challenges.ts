import { paths } from '@assay/protocol'
import { createSoftwareKey } from '@assay/testkit'
import { flood } from '../../kinds/flood.ts'

const { thumbprint } = createSoftwareKey()

export const floodOfChallenges = flood({
  id: 'flood-of-challenges',
  title: 'A flood of requests for challenges, from one network',
  oat: 'OAT-015',
  method: '1,800 sound requests as fast as they go; genuine devices enrol meanwhile, from elsewhere',
  networks: 1,
  firstNetwork: 0,
  requests: 1_800,
  path: paths.challenges,
  body: ({ apps, builds, apis }) =>
    JSON.stringify({
      app: apps.android,
      build: builds.release.id,
      sdk: 'assay-js/0.1.0',
      key: thumbprint,
      audiences: [apis.orders.url],
    }),
})
