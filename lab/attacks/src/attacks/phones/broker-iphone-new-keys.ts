import { onIphone, onPhone } from '../../kinds/on-phone.ts'
import { everyOf } from '../../verdict.ts'

const scripts = 8

export const brokerIphoneNewKeys = onPhone({
  id: 'broker-iphone-new-keys',
  title: 'A genuine iPhone makes a new App Attest key for each script that it vouches for',
  oat: 'OAT-019',
  method: `${scripts} keys within seconds: nothing in them tells that they are of one iPhone`,
  attack: async (world) => {
    const phone = world.phones.iphone()
    const verdicts = []
    for (let i = 0; i < scripts; i++) verdicts.push(await onIphone(world, phone))
    return everyOf(verdicts)
  },
})
