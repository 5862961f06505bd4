import { onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../verdict.ts'

export const testRootsInProduction = onPhone({
  id: 'test-roots-in-production',
  title: 'Evidence under the roots of the published testkit is given to a service in production',
  oat: 'OAT-019',
  method: 'the Pixel and the iPhone that this suite calls genuine, and a service that was not told of them',
  attack: async (world) => {
    const production = await world.startOther('production')
    try {
      return allOf([
        await production.attest('android', { evidence: world.phones.pixel().evidence }),
        await production.attest('ios', { evidence: world.phones.iphone().evidence }),
      ])
    } finally {
      await production.stop()
    }
  },
  twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
})
