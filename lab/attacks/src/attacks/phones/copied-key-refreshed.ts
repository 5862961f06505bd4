import { createSoftwareKey } from '@assay/testkit'
import { onPhone, onPixel } from '../../kinds/on-phone.ts'
import { refused } from '../../verdict.ts'

export const copiedKeyRefreshed = onPhone({
  id: 'copied-key-refreshed',
  title: 'A copied installation key refreshes without the phone, while its evidence is young',
  oat: 'OAT-019',
  method: 'a software key that a Pixel has vouched for; the thief measures a copy and gives no evidence',
  attack: async (world) => {
    const key = createSoftwareKey()
    const enrolled = await onPixel(world, world.phones.pixel(), { key })
    return enrolled.through ? onPixel(world, { evidence: [] }, { key }) : refused(0, 'NOT_ENROLLED')
  },
})
