import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const otherPackageOnPhone = onPhone({
  id: 'other-package-on-phone',
  title: 'An app of another name on a genuine phone answers for the genuine one',
  oat: 'OAT-020',
  method: 'its key is attested for its own package; app and build are named as those of the genuine app',
  attack: (world) => {
    const { installed } = world.phones
    return onPixel(world, world.phones.pixel({ app: { ...installed, package: 'com.example.helper' } }))
  },
})
