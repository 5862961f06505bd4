import { onFaultyIphones, onFaultyPixels, onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../verdict.ts'

export const rootsOfOnesOwn = onPhone({
  id: 'roots-of-ones-own',
  title: 'Evidence under roots that the attacker has made, with the names of the genuine ones',
  oat: 'OAT-019',
  method: 'whole hierarchies of Google and of Apple, and certificates of Apple under another name',
  attack: async (world) =>
    allOf([
      ...(await onFaultyPixels(world, ['other-root'])),
      ...(await onFaultyIphones(world, ['other-root', 'other-root-name'])),
    ]),
  twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
})
