import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const brokerLeakedKeyboxBeyond = onPhone({
  id: 'broker-leaked-keybox-beyond',
  title: 'The same, for one key more: genuine phones of the batch are refused with it',
  oat: 'OAT-019',
  method: 'the limit is the same for all phones of the batch, so it has to be high where there are many',
  attack: async (world) => {
    const keybox = world.phones.newBatch()
    for (let i = 0; i < world.enrolmentsPerDay.batch; i++)
      await onPixel(world, world.phones.pixel({ keybox }))
    return onPixel(world, world.phones.pixel({ keybox }))
  },
  twin: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.newBatch() })),
})
