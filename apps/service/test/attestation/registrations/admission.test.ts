import type { Channel } from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { admitRegistered } from '../../../src/attestation/registrations/admission.ts'

const apps: readonly string[] = ['app']
const channels: Channel[] = ['production']
const orders = { audience: 'https://orders.example.com', apps, channels } as Api
const users = { audience: 'https://users.example.com', apps, channels } as Api
const others = { audience: 'https://others.example.com', apps: ['other'] as readonly string[] } as Api
const trial = { audience: 'https://trial.example.com', apps, channels: ['beta', 'internal'] } as Api
const registered = { id: '1', state: 'active', version_code: 1, channel: 'production', expires_at: null }
const now = Date.parse('2027-01-01T00:00:00Z')
const minimums = { min_version_code: 1, beta_min_version_code: null, internal_min_version_code: null }
const registrationsWith = (build: Partial<BuildSummary>, app: Partial<App>) => ({
  findApp: () => Promise.resolve({ id: 'app', ...minimums, ...app } as App),
  findBuild: () => Promise.resolve({ ...registered, ...build } as BuildSummary),
  findApi: (audience: string) =>
    Promise.resolve([orders, users, others, trial].find((api) => api.audience === audience)),
})
const admitBuild = (build: Partial<BuildSummary>, audience: string, app: Partial<App> = {}) =>
  admitRegistered(registrationsWith(build, app), { app: 'app', build: '1', audiences: [audience] }, now)
const admit = (...audiences: string[]) =>
  admitRegistered(registrationsWith({}, {}), { app: 'app', build: '1', audiences }, now)

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

it.each<[Channel, string, string | undefined]>([
  ['production', orders.audience, undefined],
  ['beta', orders.audience, 'channel_not_admitted'],
  ['internal', orders.audience, 'channel_not_admitted'],
  ['production', trial.audience, 'channel_not_admitted'],
  ['beta', trial.audience, undefined],
  ['internal', trial.audience, undefined],
])('a build for %s at %s: %s', async (channel, audience, code) => {
  const admitted = admitBuild({ channel }, audience)
  await (code === undefined
    ? expect(admitted).resolves.toMatchObject({ build: { channel } })
    : expect(admitted).rejects.toMatchObject({ code }))
})

it('an API for one channel beside one for another is refused with it', async () => {
  await expect(admit(orders.audience, trial.audience)).rejects.toMatchObject({
    code: 'channel_not_admitted',
    about: { app: 'app', build: '1' },
  })
})

it.each<[Partial<BuildSummary>, Partial<App>, boolean]>([
  [{ channel: 'beta', version_code: 4 }, { min_version_code: 5 }, false],
  [{ channel: 'beta', version_code: 4 }, { min_version_code: 5, beta_min_version_code: 4 }, true],
  [{ channel: 'beta', version_code: 4 }, { min_version_code: 1, beta_min_version_code: 5 }, false],
  [{ channel: 'internal', version_code: 4 }, { min_version_code: 5, beta_min_version_code: 4 }, false],
  [{ channel: 'internal', version_code: 4 }, { min_version_code: 5, internal_min_version_code: 0 }, true],
])('%j of an app with %j has its own minimum', async (build, app, isAdmitted) => {
  const admitted = admitBuild(build, trial.audience, app)
  await (isAdmitted
    ? expect(admitted).resolves.toBeDefined()
    : expect(admitted).rejects.toMatchObject({ code: 'build_below_minimum' }))
})

it('a build gets tokens until it expires, and not at that moment', async () => {
  const admitUntil = (end: number) => admitBuild({ expires_at: new Date(end).toISOString() }, orders.audience)
  await expect(admitUntil(now + 1)).resolves.toBeDefined()
  await expect(admitUntil(now)).rejects.toMatchObject({ code: 'build_expired', about: { build: '1' } })
})
