import { createApkSigner, rebuildApk } from '@assay/testkit'
import { registration } from '../../kinds/registration.ts'

export const registeredOtherSigner = registration({
  id: 'registered-other-signer',
  title: 'A repackaged app is registered with a leaked pipeline key',
  oat: 'OAT-020',
  method: "validly signed, with the attacker's certificate",
  async attack({ operator, apks }, key) {
    const evil = await createApkSigner('Repackager')
    const repackaged = await rebuildApk(apks.release, { variant: 'as-is' }, evil)
    return operator.register(repackaged, { id: 'repackaged', key })
  },
})
