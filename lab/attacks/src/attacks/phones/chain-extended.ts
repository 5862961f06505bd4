import { onFaultyPixels, onPhone } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const chainExtended = onPhone({
  id: 'chain-extended',
  title: 'A genuine chain is extended by a fake leaf that says what the attacker likes',
  oat: 'OAT-020',
  method:
    'signed with the attested key: with a statement, without one, and below a leaf that says it may issue',
  attack: async (world) =>
    allOf(
      await onFaultyPixels(world, [
        'extended-chain',
        'extended-chain-without-statement',
        'extended-by-an-authority',
      ]),
    ),
})
