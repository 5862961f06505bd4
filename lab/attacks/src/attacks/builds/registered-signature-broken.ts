import { registration } from '../../kinds/registration.ts'

export const registeredSignatureBroken = registration({
  id: 'registered-signature-broken',
  title: 'An APK that was changed after it was signed is registered',
  oat: 'OAT-020',
  method: 'one bit of the first entry; certificate and signature are the genuine ones',
  attack({ operator, apks }, key) {
    const changed = Buffer.from(apks.release)
    changed[200] = (changed[200] as number) ^ 1
    return operator.register(changed, { id: 'changed', key })
  },
})
