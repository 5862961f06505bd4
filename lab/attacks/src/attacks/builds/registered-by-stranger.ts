import { registration } from '../../kinds/registration.ts'

export const registeredByStranger = registration({
  id: 'registered-by-stranger',
  title: 'A stranger registers a build',
  oat: 'OAT-014',
  method: 'the released build, with a made-up key',
  attack: ({ operator, apks }) => operator.register(apks.release, { id: 'mine', key: 'assay_made_up' }),
})
