import { onPhone, onPixel } from '../../kinds/on-phone.ts'
import { everyOf } from '../../verdict.ts'

export const brokerLeakedKeybox = onPhone({
  id: 'broker-leaked-keybox',
  title: "A leaked keybox that no list names yet makes chains, up to the batch's limit",
  oat: 'OAT-019',
  method:
    'no phone is needed; five new keys a day for a batch from the factory, as the app is registered here',
  attack: async (world) => {
    const keybox = world.phones.newBatch()
    const verdicts = []
    for (let i = 0; i < world.enrolmentsPerDay.batch; i++)
      verdicts.push(await onPixel(world, world.phones.pixel({ keybox })))
    return everyOf(verdicts)
  },
})
