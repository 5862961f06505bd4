import { deviceWithBuild } from '../../kinds/device-with-build.ts'

export const unknownBuild = deviceWithBuild({
  id: 'unknown-build',
  title: 'A build that nobody registered',
  oat: 'OAT-020',
  method: 'the genuine app under a build id of its own',
  device: (world) => world.device({ build: '9.9.9' }),
  twin: (world) => world.device(),
})
