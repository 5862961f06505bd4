import { createApkSigner, rebuildApk, simulatePixel } from '@assay/testkit'
import { mediaTypes } from '@assay/protocol'
import type { App } from '@assay/protocol/schemas'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { androidId, attest, chain, createPhoneWorld, must, type PhoneWorld } from './phone-world.ts'

let world: PhoneWorld
let other: Awaited<ReturnType<typeof createApkSigner>>
let debug: Awaited<ReturnType<typeof createApkSigner>>
let signedByOther: Buffer
let signedByDebug: Buffer

beforeAll(async () => {
  world = await createPhoneWorld()
  other = await createApkSigner('Other')
  debug = await createApkSigner('Android Debug')
  signedByOther = await rebuildApk(world.apk, { variant: 'as-is' }, other)
  signedByDebug = await rebuildApk(world.apk, { variant: 'as-is' }, debug)
})
afterAll(() => world.close())

const upload = (apk: Buffer, id: string, query = '', key?: string) =>
  world.service.call('POST', `/v1/apps/${androidId}/builds?id=${id}${query}`, {
    body: apk,
    headers: { 'content-type': mediaTypes.apk },
    ...(key === undefined ? {} : { key }),
  })
const change = (body: object) => must<App>(world.service, 'PATCH', `/v1/apps/${androidId}`, { body })
const phoneWith = (...signers: string[]) =>
  simulatePixel({ google: world.google, app: { ...world.app, signers }, provisioning: 'remote' })
const onPhone = (build: string, ...signers: string[]) =>
  attest(world, { ...world.androidDevice(), build }, [chain(phoneWith(...signers))])

describe('a build with another signer than the first', () => {
  it('needs the consent of an admin', async () => {
    expect((await upload(signedByOther, 'other')).json).toMatchObject({ code: 'signer_new' })
    const { secret } = await must<{ secret: string }>(world.service, 'POST', '/v1/keys', {
      body: { name: 'pipeline', scope: 'registration', apps: [androidId] },
    })
    expect((await upload(signedByOther, 'other', '', secret)).json).toMatchObject({
      code: 'signer_not_registered',
    })
    expect((await upload(signedByOther, 'other', '&new_signer=true', secret)).json).toMatchObject({
      code: 'scope_insufficient',
    })
    expect((await upload(signedByOther, 'other', '&new_signer=true')).status).toBe(201)
  })

  it('is vouched for by its own signer, and the first build is not', async () => {
    expect(await onPhone('other', other.sha256)).toBe('tokens')
    expect(await onPhone('1', other.sha256)).toBe('ANDROID_KEY_SIGNER')
    expect(await onPhone('1', ...world.app.signers)).toBe('tokens')
    expect(await onPhone('other', ...world.app.signers)).toBe('ANDROID_KEY_SIGNER')
  })

  it('makes an installation enrol anew that enrolled with the first', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(phoneWith(...world.app.signers))])).toBe('tokens')
    expect(await attest(world, device, [])).toBe('tokens')
    const updated = { ...device, build: 'other' }
    expect(await attest(world, updated, [])).toBe('enrolment_required')
    expect(await attest(world, updated, [chain(phoneWith(other.sha256))])).toBe('tokens')
  })
})

describe('a build that is signed with a debug key', () => {
  it('needs separate consent, and does not add the key to the app', async () => {
    expect((await upload(signedByDebug, 'qa')).json).toMatchObject({ code: 'build_debug_signer' })
    expect((await upload(signedByDebug, 'qa', '&new_signer=true')).json).toMatchObject({
      code: 'build_debug_signer',
    })
    expect((await upload(signedByDebug, 'qa', '&allow_debug_signer=true')).status).toBe(201)
    expect((await change({})).signers).not.toContain(debug.sha256)
  })

  it('is vouched for by it, and no other build is', async () => {
    expect(await onPhone('qa', debug.sha256)).toBe('tokens')
    expect(await onPhone('1', debug.sha256)).toBe('ANDROID_KEY_SIGNER')
    await must(world.service, 'POST', `/v1/apps/${androidId}/builds/qa/retire`, { body: {} })
    expect(await onPhone('1', debug.sha256)).toBe('ANDROID_KEY_SIGNER')
  })
})

describe('signers that the operator lists', () => {
  beforeEach(() => change({ store_signers: [], upload_signers: [] }))
  const store = 'ab'.repeat(32)

  it('for the store count whichever build is measured', async () => {
    expect(await onPhone('1', store)).toBe('ANDROID_KEY_SIGNER')
    await change({ store_signers: [store] })
    expect(await onPhone('1', store)).toBe('tokens')
    expect(await onPhone('1', ...world.app.signers)).toBe('tokens')
  })

  it('as upload keys count for nothing', async () => {
    await change({ store_signers: [store], upload_signers: world.app.signers })
    expect(await onPhone('1', ...world.app.signers)).toBe('ANDROID_KEY_SIGNER')
    expect(await onPhone('1', store)).toBe('tokens')
  })

  it('cannot be public test keys, or both store and upload keys', async () => {
    const testkey = 'a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc'
    const refused = (body: object) => world.service.problem('PATCH', `/v1/apps/${androidId}`, { body })
    expect((await refused({ store_signers: [testkey] })).errors).toEqual([
      { pointer: '/store_signers/0', code: 'public_test_key' },
    ])
    expect((await refused({ store_signers: [store], upload_signers: [store] })).errors).toEqual([
      { pointer: '/upload_signers/0', code: 'store_signer' },
    ])
  })
})
