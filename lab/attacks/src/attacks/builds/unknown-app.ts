import { deviceWithBuild } from '../../kinds/device-with-build.ts'

export const unknownApp = deviceWithBuild({
  id: 'unknown-app',
  title: 'An app that nobody registered',
  oat: 'OAT-019',
  method: 'the genuine code under an app id of its own',
  device: (world) => world.device({ app: 'com.example.clone' }),
  twin: (world) => world.device(),
})
