import type { Api, App } from '@assay/protocol'
import { expect, it } from 'vitest'
import type { BuildSummary } from '../../../src/attestation/ports.ts'
import { admitRegistered } from '../../../src/attestation/registrations/admission.ts'

const orders = { audience: 'https://orders.example.com' } as Api
const users = { audience: 'https://users.example.com' } as Api
const registrations = {
  find: () =>
    Promise.resolve({
      app: { id: 'app', min_version_code: 1 } as App,
      builds: new Map([['1', { id: '1', state: 'active', version_code: 1 } as BuildSummary]]),
      apis: new Map([orders, users].map((api) => [api.audience, api])),
      banned: new Set<string>(),
    }),
}
const admit = (...audiences: string[]) =>
  admitRegistered(registrations, { app: 'app', build: '1', audiences })

it('an audience that is named several times is admitted once, in the order asked for', async () => {
  const { apis } = await admit(users.audience, orders.audience, users.audience, users.audience)
  expect(apis).toEqual([users, orders])
})

it('an audience that is not registered is refused, also beside one that is', async () => {
  await expect(admit(orders.audience, 'https://other.example.com')).rejects.toMatchObject({
    code: 'audience_not_registered',
  })
})
