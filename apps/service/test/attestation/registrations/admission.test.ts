import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { admitRegistered } from '../../../src/attestation/registrations/admission.ts'

const apps: readonly string[] = ['app']
const orders = { audience: 'https://orders.example.com', apps } as Api
const users = { audience: 'https://users.example.com', apps } as Api
const others = { audience: 'https://others.example.com', apps: ['other'] as readonly string[] } as Api
const registrations = {
  findApp: () => Promise.resolve({ id: 'app', min_version_code: 1 } as App),
  findBuild: () => Promise.resolve({ id: '1', state: 'active', version_code: 1 } as BuildSummary),
  findApi: (audience: string) =>
    Promise.resolve([orders, users, others].find((api) => api.audience === audience)),
}
const admit = (...audiences: string[]) =>
  admitRegistered(registrations, { app: 'app', build: '1', audiences })

it('an audience that is named several times is admitted once, in the order asked for', async () => {
  const { apis } = await admit(users.audience, orders.audience, users.audience, users.audience)
  expect(apis).toEqual([users, orders])
})

it('an audience of other apps is refused', async () => {
  await expect(admit(others.audience)).rejects.toMatchObject({ code: 'audience_not_registered' })
})

it('an audience that is not registered is refused, also beside one that is', async () => {
  await expect(admit(orders.audience, 'https://other.example.com')).rejects.toMatchObject({
    code: 'audience_not_registered',
  })
})
