import { registration } from '../../kinds/registration.ts'

export const registeredDebuggable = registration({
  id: 'registered-debuggable',
  title: 'A debuggable build is registered with a leaked pipeline key',
  oat: 'OAT-020',
  method: 'the debug build as published',
  attack: ({ operator, apks }, key) => operator.register(apks.published, { id: 'debug', key }),
})
