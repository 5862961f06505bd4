import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const resignedAppOnPhone = onPhone({
  id: 'resigned-app-on-phone',
  title: 'A re-signed app runs on a genuine phone and measures a pristine copy',
  oat: 'OAT-020',
  method: "Android's own attestation names the package and the stranger's certificate",
  attack: (world) => {
    const { installed } = world.phones
    return onPixel(world, world.phones.pixel({ app: { ...installed, signers: ['5a'.repeat(32)] } }))
  },
})
