import { createPrivateKey, createPublicKey, hash } from 'node:crypto'
import { oneKeyCommitment } from '@assay/evidence/android-key-attestation'
import type { CodeImage } from '@assay/measurement'
import { decodeBase64url, mediaTypes, thumbprintInput, type PublicJwk } from '@assay/protocol'
import type { Build, Installation } from '@assay/protocol/schemas'
import {
  apkCodeImage,
  createApkSigner,
  newKeyPair,
  rebuildApk,
  simulateEmulator,
  simulateIphone,
  simulatePixel,
  simulateUnlockedPhone,
  type AndroidApp,
} from '@assay/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TestDevice } from '../../support/device.ts'
import {
  androidId,
  answerTo,
  appId,
  assertion,
  attest,
  attestation,
  chain,
  challengeOf,
  createPhoneWorld,
  iosId,
  must,
  send,
  tokenOf,
  verdict,
  type Piece,
  type PhoneWorld,
} from './phone-world.ts'

let world: PhoneWorld
/** The next version of the Android app, whose first days run as well. */
let successor: { app: AndroidApp; image: CodeImage }

const day = 86_400_000
const buildPath = (app: string, id: string) => `/v1/apps/${app}/builds/${id}`
const inDays = (days: number) =>
  new Date(Math.floor((world.service.now() + days * day) / 1000) * 1000).toISOString()
const setFirstDays = (app: string, id: string, difference_until: string | null) =>
  must<Build>(world.service, 'PATCH', buildPath(app, id), { body: { difference_until } })

beforeAll(async () => {
  world = await createPhoneWorld({ tiers: ['affirming', 'warning'] })
  // Another signer would be another app: the first build has recorded the one that made it.
  const apk = await rebuildApk(
    world.apk,
    {
      variant: 'release',
      change: (name, content) => (name === 'AndroidManifest.xml' ? nextVersion(content) : content),
    },
    await createApkSigner('Example'),
  )
  const { version_code: versionCode } = await must<Build>(
    world.service,
    'POST',
    `/v1/apps/${androidId}/builds?id=2&difference_until=${inDays(14)}&new_signer=true`,
    { body: apk, headers: { 'content-type': mediaTypes.apk } },
  )
  expect(versionCode).toBe(world.app.versionCode + 1)
  const { signers } = await must<Build>(world.service, 'GET', buildPath(androidId, '2'))
  successor = { app: { ...world.app, versionCode, signers }, image: await apkCodeImage(apk) }
})
afterAll(() => world.close())
beforeEach(() => setFirstDays(androidId, '1', inDays(1)))

/** The version code as a typed value of binary XML, one higher. */
function nextVersion(manifest: Buffer): Buffer {
  const value = (code: number) => {
    const bytes = Buffer.from('0800001000000000', 'hex')
    bytes.writeUInt32LE(code, 4)
    return bytes
  }
  const changed = Buffer.from(manifest)
  value(world.app.versionCode + 1).copy(changed, changed.indexOf(value(world.app.versionCode)))
  return changed
}

/** One byte of the first segment is another one. */
function patched(image: CodeImage): CodeImage {
  const [first] = image.segments
  return {
    ...image,
    read: async (name, offset, length) => {
      const bytes = Uint8Array.from(await image.read(name, offset, length))
      if (name === first?.name && offset <= 64 && offset + length > 64) bytes[64 - offset] = 255
      return bytes
    },
  }
}

const differing = (device: TestDevice = world.androidDevice()): TestDevice => ({
  ...device,
  image: patched(device.image),
})
const pixel = (app: AndroidApp = world.app) =>
  simulatePixel({ google: world.google, app, provisioning: 'remote', play: world.play })

/** A device whose installation key is the one that its phone attests. */
function withOneKey(device: TestDevice, app: AndroidApp = world.app) {
  const pair = newKeyPair('P-256')
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const { x, y } = createPublicKey(pem).export({ format: 'jwk' }) as { x: string; y: string }
  const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x, y }
  const attested: Piece = {
    format: 'android-key-attestation',
    collect: (_binding, { attestation_challenge: challenge }) =>
      pixel(app).attestKey(pair, oneKeyCommitment(decodeBase64url(challenge) as Uint8Array)),
  }
  const key = {
    privateKey: createPrivateKey(pem),
    jwk,
    thumbprint: hash('sha256', thumbprintInput(jwk), 'base64url'),
  }
  return { device: { ...device, key }, attested }
}

describe('code that differs from the registered build', () => {
  it('gets a warning while the first days last, if hardware vouches for the app, and nothing before', async () => {
    await setFirstDays(androidId, '1', null)
    expect(await attest(world, differing(), [chain(pixel())])).toBe('SOFTWARE_SEGMENT_MISMATCH')
    await setFirstDays(androidId, '1', inDays(1))
    const device = differing()
    const answer = await answerTo(await challengeOf(world, device), device, [
      chain(pixel()),
      verdict(pixel()),
    ])
    expect(await tokenOf(world, answer)).toMatchObject({ ear_status: 'warning', build: '1' })
    const genuine = world.androidDevice()
    const other = await answerTo(await challengeOf(world, genuine), genuine, [chain(pixel())])
    expect(await tokenOf(world, other)).toMatchObject({ ear_status: 'affirming' })
  })

  it.each<[string, () => readonly Piece[], string]>([
    ['without evidence', () => [], 'SOFTWARE_SEGMENT_MISMATCH'],
    ['with a verdict of Google alone', () => [verdict(pixel())], 'SOFTWARE_SEGMENT_MISMATCH'],
    [
      'on a phone with an unlocked boot loader, whose system says what it likes',
      () => [chain(simulateUnlockedPhone({ google: world.google, app: world.app }))],
      'SOFTWARE_SEGMENT_MISMATCH',
    ],
    [
      'on an emulator',
      () => [chain(simulateEmulator({ google: world.google, app: world.app }))],
      'ANDROID_KEY_SOFTWARE_ROOT',
    ],
    [
      'signed by somebody else, as whoever patches the app must sign it',
      () => [chain(pixel({ ...world.app, signers: ['ab'.repeat(32)] }))],
      'ANDROID_KEY_SIGNER',
    ],
    [
      'of an older version',
      () => [chain(pixel({ ...world.app, versionCode: world.app.versionCode - 1 }))],
      'EVIDENCE_DISAGREES',
    ],
    [
      'with the evidence of another phone, for another binding',
      () => [{ ...chain(pixel()), collect: () => pixel().attest('A'.repeat(43)) }],
      'ANDROID_KEY_COMMITMENT',
    ],
  ])('is refused %s', async (_what, pieces, code) => {
    expect(await attest(world, differing(), pieces())).toBe(code)
  })

  it('is refused on a phone whose keybox is listed', async () => {
    const phone = pixel()
    expect(await attest(world, differing(), [chain(phone)])).toBe('tokens')
    world.mock.statusList.revoke(phone.keybox.serials[0] as string)
    // A service that starts reads Google's list anew.
    await world.service.restart()
    expect(await attest(world, differing(), [chain(phone)])).toBe('ANDROID_KEY_REVOKED')
    expect(await attest(world, differing(), [chain(pixel())])).toBe('tokens')
  })

  it('is never affirmed by a policy of the operator', async () => {
    const policy = { required: [{ claim: 'evidence.software.measured', one_of: [true] }] }
    const body = { ...policy, description: 'all', rules: [{ when: 'true', tier: 'affirming' }] }
    await must(world.service, 'PUT', '/v1/policies/all', { body })
    const strict = 'https://strict.example.com'
    const api = { audience: strict, apps: [androidId], tiers: ['affirming'], policy: 'all' }
    await must(world.service, 'POST', '/v1/apis', { body: api })
    const device = { ...differing(), audiences: [strict] }
    expect(await attest(world, device, [chain(pixel())])).toBe('SOFTWARE_DIFFERS')
    expect(await attest(world, { ...world.androidDevice(), audiences: [strict] }, [chain(pixel())])).toBe(
      'tokens',
    )
  })
})

describe('letting through code that differs', () => {
  const exacting = 'https://exacting.example.com'
  const shown = ({ key }: TestDevice) =>
    must<Installation>(world.service, 'GET', `/v1/apps/${androidId}/installations/${key.thumbprint}`)
  const letThrough = ({ key }: TestDevice, trace: string) =>
    world.service.call('POST', `/v1/apps/${androidId}/installations/${key.thumbprint}/let-through`, {
      body: { audience: exacting, trace, expires_at: inDays(0.5) },
    })
  const setOptional = (optional_evidence: string[]) =>
    must(world.service, 'PATCH', `/v1/apps/${androidId}`, { body: { optional_evidence } })
  const attestWith = (device: TestDevice) => attest(world, device, [chain(pixel())])

  beforeAll(async () => {
    const api = { audience: exacting, apps: [androidId], tiers: ['affirming'], policy: 'phones' }
    await must(world.service, 'POST', '/v1/apis', { body: api })
    // Without a verdict of Google, a phone is worth a warning.
    await setOptional([])
  })
  afterAll(() => setOptional(['play_integrity']))

  it('is refused to support, which lets through what only the policy refuses', async () => {
    const device = { ...differing(), audiences: [exacting] }
    expect(await attestWith(device)).toBe('SOFTWARE_DIFFERS')
    const [refusal] = (await shown(device)).let_through
    expect(refusal).toMatchObject({ tier: 'warning', code: 'SOFTWARE_DIFFERS', obstacle: 'code' })
    const answer = await letThrough(device, refusal?.trace ?? '')
    expect([answer.status, answer.json]).toMatchObject([409, { code: 'let_through_code_differs' }])
  })

  it.each(['support', 'an operator'])('does not follow from what %s did before it differed', async (who) => {
    const genuine = { ...world.androidDevice(), audiences: [exacting] }
    expect(await attestWith(genuine)).toBe('EVIDENCE_MISSING')
    const [refusal] = (await shown(genuine)).let_through
    expect(refusal).toMatchObject({ tier: 'warning', obstacle: null })
    if (who === 'support') expect((await letThrough(genuine, refusal?.trace ?? '')).status).toBe(201)
    else
      await must(world.service, 'POST', `/v1/apps/${androidId}/allow`, {
        body: { audience: exacting, key: genuine.key.thumbprint, expires_at: inDays(1) },
      })
    expect(await attestWith(genuine)).toBe('tokens')
    expect(await attestWith(differing(genuine))).toBe('SOFTWARE_DIFFERS')
    expect(await attestWith(genuine)).toBe('tokens')
  })
})

describe('a refresh of an app whose code differs', () => {
  it('passes with a key that its phone holds, which signs, and not with one that was only vouched for', async () => {
    const { device, attested } = withOneKey(differing())
    expect(await attest(world, device, [attested], { oneKey: true })).toBe('tokens')
    expect(await attest(world, device, [])).toBe('tokens')
    const twoKeys = differing()
    expect(await attest(world, twoKeys, [chain(pixel())])).toBe('tokens')
    expect(await attest(world, twoKeys, [])).toBe('SOFTWARE_SEGMENT_MISMATCH')
  })

  it('after an update of the app must enrol once, because what is remembered names the older version', async () => {
    const before = withOneKey(world.androidDevice())
    expect(await attest(world, before.device, [before.attested], { oneKey: true })).toBe('tokens')
    // The store has changed the update.
    const updated = { ...before.device, build: '2', image: patched(successor.image) }
    expect(await attest(world, updated, [])).toBe('enrolment_required')
    const anew = withOneKey(updated, successor.app)
    expect(await attest(world, anew.device, [anew.attested], { oneKey: true })).toBe('tokens')
    for (let i = 0; i < 3; i += 1) expect(await attest(world, anew.device, [])).toBe('tokens')
  })

  it('on an iPhone passes with an assertion that states the version', async () => {
    await setFirstDays(iosId, '1', inDays(1))
    const appState = { validationCategory: 4, bundleVersion: '7' }
    const phone = simulateIphone({ apple: world.apple, appId, appState })
    const device = differing(world.iosDevice())
    expect(await attest(world, device, [attestation(phone)])).toBe('tokens')
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
    const silent = simulateIphone({ apple: world.apple, appId })
    expect(await attest(world, differing(world.iosDevice()), [attestation(silent)])).toBe(
      'SOFTWARE_SEGMENT_MISMATCH',
    )
    await setFirstDays(iosId, '1', null)
  })
})

describe('the end of the first days', () => {
  it('is judged as of the time at which the challenge was first used', async () => {
    const device = differing()
    await setFirstDays(
      androidId,
      '1',
      new Date(Math.ceil(world.service.now() / 1000) * 1000 + 2000).toISOString(),
    )
    const body = await answerTo(await challengeOf(world, device), device, [chain(pixel())])
    expect(await send(world, body)).toBe('tokens')
    world.service.advance(10_000)
    expect(await send(world, body)).toBe('tokens')
    expect(await attest(world, device, [chain(pixel())])).toBe('SOFTWARE_SEGMENT_MISMATCH')
  })
})
