import { deviceWithBuild } from '../../kinds/device-with-build.ts'

export const otherPlatformAudience = deviceWithBuild({
  id: 'other-platform-audience',
  title: 'Downgrade: the web app asks for tokens of an API that is for the Android app',
  oat: 'OAT-020',
  method: 'a copy of the web app, which everyone can download, asks the service for the other audience',
  target: ({ apis }) => apis.payments,
  device: ({ apis: { payments }, webDevice }) => webDevice({ audiences: { [payments.url]: payments.url } }),
  twin: (world) => world.device(),
})
