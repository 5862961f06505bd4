import { onFaultyPixels, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const bootLoaderUnlocked = onPhone({
  id: 'boot-loader-unlocked',
  title: 'The genuine app runs on a phone whose owner has unlocked the boot loader',
  oat: 'OAT-020',
  method: 'the hardware says so; also one whose system verifies all the same',
  attack: async (world) =>
    allOf([
      await onPixel(world, world.phones.unlocked()),
      ...(await onFaultyPixels(world, ['unlocked-yet-verified'])),
    ]),
})
