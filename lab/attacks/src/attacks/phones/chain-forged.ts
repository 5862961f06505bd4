import { onFaultyPixels, onPhone } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const chainForged = onPhone({
  id: 'chain-forged',
  title: 'A chain that no phone has made: a leaf of the attacker above genuine certificates',
  oat: 'OAT-020',
  method: 'signed by another key, under another name, the root twice, the statement in the wrong certificate',
  attack: async (world) =>
    allOf(
      await onFaultyPixels(world, [
        'signed-by-another-key',
        'other-issuer-name',
        'root-twice',
        'statement-above-the-leaf',
      ]),
    ),
})
