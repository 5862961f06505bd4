import { deviceWithBuild } from '../../kinds/device-with-build.ts'

export const retiredBuild = deviceWithBuild({
  id: 'retired-build',
  title: 'A build that has been retired',
  oat: 'OAT-020',
  method: 'the same device before and after the operator retires the build',
  device: (world) => world.device({ build: world.builds.successor.id }),
  twin: (world) => world.device({ build: world.builds.successor.id }),
  meanwhile: ({ operator, builds }) => operator.retire(builds.successor.id),
})
