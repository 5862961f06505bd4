import { createPrivateKey, createPublicKey, hash } from 'node:crypto'
import { oneKeyCommitment } from '@assay/evidence/android-key-attestation'
import { decodeBase64url, thumbprintInput, type PublicJwk } from '@assay/protocol'
import type { Ban, Installation, InstallationStats } from '@assay/protocol/schemas'
import { newKeyPair, simulateEmulator, simulatePixel, simulateUnlockedPhone } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody, type TestDevice } from '../../support/device.ts'
import {
  androidEvidence,
  androidId,
  answerTo,
  attest,
  audience,
  chain,
  challengeOf,
  createPhoneWorld,
  must,
  phonePolicy,
  send,
  tokenOf,
  verdict,
  type Piece,
  type PhoneWorld,
} from './phone-world.ts'

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

const pixel = (more: Partial<Parameters<typeof simulatePixel>[0]> = {}) =>
  simulatePixel({ google: world.google, app: world.app, provisioning: 'remote', play: world.play, ...more })

const day = 86_400_000

describe('an Android phone', () => {
  it('gets an affirming token that calls its key vouched for', async () => {
    const device = world.androidDevice()
    const phone = pixel()
    const answer = await answerTo(await challengeOf(world, device), device, [chain(phone), verdict(phone)])
    expect(await tokenOf(world, answer)).toMatchObject({ ear_status: 'affirming', holder_key: 'vouched' })
  })

  it('is asked for its evidence once, and then measures itself only', async () => {
    const device = world.androidDevice()
    expect((await challengeOf(world, device)).evidence).toBe('enrolment')
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    const challenge = await challengeOf(world, device, { purpose: 'refresh' })
    expect(challenge.evidence).toBe('refresh')
    const answer = await answerTo(challenge, device, [])
    expect(await tokenOf(world, answer)).toMatchObject({ ear_status: 'affirming', holder_key: 'vouched' })
  })

  it('must say whether it enrols or refreshes', async () => {
    const body = challengeBody(world.androidDevice())
    expect(await world.service.problem('POST', '/v1/challenges', { body, key: null })).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/purpose' }],
    })
  })

  it('that tries to refresh but is not remembered must enrol, and does so with the same key', async () => {
    const device = world.androidDevice()
    const challenge = await challengeOf(world, device, { purpose: 'refresh' })
    expect(await send(world, await answerTo(challenge, device, []))).toBe('enrolment_required')
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    const again = await challengeOf(world, device, { purpose: 'refresh' })
    expect(await send(world, await answerTo(again, device, []))).toBe('tokens')
  })

  it.each<[string, (phone: ReturnType<typeof pixel>) => Piece[], string]>([
    ['without evidence', () => [], 'HARDWARE_EVIDENCE_MISSING'],
    ['with the same evidence twice', (phone) => [chain(phone), chain(phone)], 'EVIDENCE_REPEATED'],
    ['with a format that nobody knows', () => [of('none')], 'EVIDENCE_FORMAT_UNKNOWN'],
    ['with evidence of an iPhone', () => [of('apple-app-attest')], 'EVIDENCE_NOT_ADMITTED'],
    [
      'with evidence for another binding',
      (phone) => [{ ...chain(phone), collect: () => phone.attest('A'.repeat(43)) }],
      'ANDROID_KEY_COMMITMENT',
    ],
  ])('is refused %s', async (_what, pieces, code) => {
    expect(await attest(world, world.androidDevice(), pieces(pixel()))).toBe(code)
  })

  it('is refused with an unlocked boot loader, and as an emulator', async () => {
    const options = { google: world.google, app: world.app }
    const unlocked = [chain(simulateUnlockedPhone(options))]
    expect(await attest(world, world.androidDevice(), unlocked)).toBe('BOOT_LOADER_UNLOCKED')
    const emulator = [chain(simulateEmulator(options))]
    expect(await attest(world, world.androidDevice(), emulator)).toBe('ANDROID_KEY_SOFTWARE_ROOT')
  })

  it('is refused if evidence states another version than the measured build', async () => {
    const other = { ...world.app, versionCode: world.app.versionCode + 1 }
    expect(await attest(world, world.androidDevice(), [chain(pixel({ app: other }))])).toBe(
      'EVIDENCE_DISAGREES',
    )
  })

  it('is refused if its evidence is from two phones with two versions', async () => {
    const other = pixel({ app: { ...world.app, versionCode: world.app.versionCode - 1 } })
    expect(await attest(world, world.androidDevice(), [chain(pixel()), verdict(other)])).toBe(
      'EVIDENCE_DISAGREES',
    )
  })

  it('gets no credit for evidence of a kind that has been switched off since', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    const settings = (await must<{ evidence: object }>(world.service, 'GET', `/v1/apps/${androidId}`))
      .evidence
    await must(world.service, 'PATCH', `/v1/apps/${androidId}`, {
      body: { evidence: { ...settings, android_key_attestation: undefined } },
    })
    expect(await attest(world, device, [])).toBe('HARDWARE_EVIDENCE_MISSING')
    await must(world.service, 'PATCH', `/v1/apps/${androidId}`, { body: { evidence: settings } })
    expect(await attest(world, device, [])).toBe('tokens')
  })
})

describe('remembered evidence', () => {
  it('keeps its age through refreshes: after 30 days the service asks for new evidence', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    world.service.advance(20 * day)
    expect(await attest(world, device, [])).toBe('tokens')
    world.service.advance(11 * day)
    expect(await attest(world, device, [])).toBe('enrolment_required')
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
  })

  it('that is recent but insufficient is refused for good; a changed policy applies from its answer on', async () => {
    const device = world.androidDevice()
    const policy = (body: object) => must(world.service, 'PUT', '/v1/policies/phones', { body })
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    await policy({
      ...phonePolicy,
      rules: [...(phonePolicy.rules ?? []), { when: 'true', tier: 'warning', reason: 'ENROLMENTS_MANY' }],
    })
    expect(await attest(world, device, [])).toBe('ENROLMENTS_MANY')
    await policy(phonePolicy)
    expect(await attest(world, device, [])).toBe('tokens')
  })
})

const of = (format: string): Piece => ({ format, collect: () => ({ format }) })

describe('a vouching key', () => {
  const enrol = (phone: ReturnType<typeof pixel>) => attest(world, world.androidDevice(), [chain(phone)])

  it('of one device vouches for two new keys a day, and for known ones as often as it likes', async () => {
    const phone = pixel()
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    expect(await enrol(phone)).toBe('tokens')
    expect(await enrol(phone)).toBe('VOUCHING_KEY_ENROLMENTS_SPENT')
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    expect(await enrol(pixel())).toBe('tokens')
  })

  it('of a batch has its own limit', async () => {
    const phone = pixel({ provisioning: 'factory' })
    for (let i = 0; i < 3; i += 1) expect(await enrol(phone)).toBe('tokens')
    expect(await enrol(phone)).toBe('VOUCHING_KEY_ENROLMENTS_SPENT')
  })
})

describe('a ban', () => {
  /** An installation, and what the API knows it by. */
  const enrolled = async (phone: ReturnType<typeof pixel>) => {
    const device = world.androidDevice()
    const answer = await answerTo(await challengeOf(world, device), device, [chain(phone)])
    return { device, input: { audience, installation: (await tokenOf(world, answer)).installation } }
  }
  const bans = `/v1/apps/${androidId}/bans`

  it('holds for the vouching key: for the installation that was named, and for every other key that the phone vouches for', async () => {
    const phone = pixel()
    const { device, input } = await enrolled(phone)
    const other = await enrolled(pixel())
    const ban = await must<Ban>(world.service, 'POST', bans, { body: input })
    expect(ban).toMatchObject({ kind: 'android-device', vouching_key: phone.keybox.attestationKeySha256 })
    expect(await attest(world, device, [])).toBe('VOUCHING_KEY_BANNED')
    expect(await attest(world, world.androidDevice(), [chain(phone)])).toBe('VOUCHING_KEY_BANNED')
    expect(await attest(world, other.device, [])).toBe('tokens')
    expect(await must(world.service, 'GET', bans)).toEqual({ bans: [ban] })
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
    expect(await attest(world, device, [])).toBe('tokens')
  })

  it('is made by the name that an API learned after the enrolment', async () => {
    const phone = pixel()
    const { device } = await enrolled(phone)
    const later = 'https://later.example.com'
    const api = { audience: later, apps: [androidId], tiers: ['affirming'], policy: 'phones' }
    await must(world.service, 'POST', '/v1/apis', { body: api })
    const asking = { ...device, audiences: [later] }
    const challenge = await challengeOf(world, asking, { purpose: 'refresh' })
    const token = await tokenOf(world, await answerTo(challenge, asking, []))
    const input = { audience: later, installation: token.installation }
    const ban = await must<Ban>(world.service, 'POST', bans, { body: input })
    expect(ban).toMatchObject({ kind: 'android-device', vouching_key: phone.keybox.attestationKeySha256 })
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
  })

  it('of a batch must be confirmed', async () => {
    const { device, input } = await enrolled(pixel({ provisioning: 'factory' }))
    expect((await world.service.problem('POST', bans, { body: input })).code).toBe('vouching_key_is_batch')
    expect(await attest(world, device, [])).toBe('tokens')
    const ban = await must<Ban>(world.service, 'POST', bans, { body: { ...input, batch: true } })
    expect(await attest(world, device, [])).toBe('VOUCHING_KEY_BANNED')
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
  })

  it('expires, for remembered evidence too', async () => {
    const { device, input } = await enrolled(pixel())
    const expires_at = new Date(world.service.now() + 60_000).toISOString()
    await must<Ban>(world.service, 'POST', bans, { body: { ...input, expires_at } })
    expect(await attest(world, device, [])).toBe('VOUCHING_KEY_BANNED')
    world.service.advance(60_000)
    expect(await attest(world, device, [])).toBe('tokens')
  })

  it("of an installation's key bans the key that vouches for it", async () => {
    const phone = pixel()
    const { device } = await enrolled(phone)
    const ban = await must<Ban>(world.service, 'POST', bans, { body: { key: device.key.thumbprint } })
    expect(ban).toMatchObject({ kind: 'android-device', vouching_key: phone.keybox.attestationKeySha256 })
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
  })

  it('is of the name itself where no vouching key has it, for an API of the app, and lifted once', async () => {
    const body = { audience, installation: 'A'.repeat(43) }
    const ban = await must<Ban>(world.service, 'POST', bans, { body })
    expect(ban).toMatchObject({ kind: 'installation-name', vouching_key: body.installation, audience })
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
    const elsewhere = { ...(await enrolled(pixel())).input, audience: 'https://other.example.com' }
    expect((await world.service.problem('POST', bans, { body: elsewhere })).code).toBe('api_not_found')
    expect((await world.service.problem('POST', '/v1/apps/none/bans', { body })).code).toBe('app_not_found')
    expect((await world.service.problem('DELETE', `${bans}/android-device/none`)).code).toBe('ban_not_found')
    expect((await world.service.problem('GET', bans, { key: null })).code).toBe('unauthorized')
  })
})

describe('an installation that is looked up', () => {
  const path = (device: TestDevice) => `/v1/apps/${androidId}/installations/${device.key.thumbprint}`

  it('says what hardware vouches for, apart from what the phone says, and who shares its key', async () => {
    const phone = pixel()
    const [device, second] = [world.androidDevice(), world.androidDevice()]
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    expect(await attest(world, second, [chain(phone)])).toBe('tokens')
    const shown = await must<Installation>(world.service, 'GET', path(device))
    expect(shown).toMatchObject({
      key: device.key.thumbprint,
      remembered: true,
      device: {
        platform: 'android',
        vouched: { os_version: expect.stringMatching(/^Android \d+$/), at: expect.any(String) },
        said: null,
      },
      evidence: [{ format: 'android-key-attestation' }],
      vouching_key: { kind: 'android-device', id: phone.keybox.attestationKeySha256 },
      other_keys: [{ key: second.key.thumbprint }],
      refusals: [],
    })
    expect(shown.builds).toHaveLength(1)
    const named = { body: shown.names[0] }
    const find = `/v1/apps/${androidId}/installations/find`
    expect(await must(world.service, 'POST', find, named)).toMatchObject({
      installations: [{ key: device.key.thumbprint, found_by: 'name' }],
    })
  })

  it('counts under the OS version of its evidence, and later under what it says: it may have been updated', async () => {
    const device = world.androidDevice()
    const attestAs = async (userAgent: string, more: { purpose?: 'refresh' }, evidence: readonly Piece[]) => {
      const body = await answerTo(await challengeOf(world, device, more), device, evidence)
      const headers = { 'user-agent': userAgent }
      expect(
        (await world.service.call('POST', '/v1/attestations', { body, key: null, headers })).status,
      ).toBe(200)
      const path = `/v1/stats/installations?app=${androidId}&by=os_version`
      const { groups } = await must<InstallationStats>(world.service, 'GET', path)
      return groups.map(({ os_version }) => os_version)
    }
    expect(await attestAs('Dalvik/2.1.0 (Linux; U; Android 97)', {}, [chain(pixel())])).not.toContain(
      'Android 97',
    )
    expect(await attestAs('Dalvik/2.1.0 (Linux; U; Android 98)', { purpose: 'refresh' }, [])).toContain(
      'Android 98',
    )
  })

  it('is forgotten, and enrols anew unless its vouching key is banned', async () => {
    const phone = pixel()
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    await must(world.service, 'POST', `/v1/apps/${androidId}/bans`, { body: { key: device.key.thumbprint } })
    expect(await must(world.service, 'DELETE', path(device))).toMatchObject({
      removed: { installations: 1 },
      remain: { bans: 1, enrolments: 1 },
    })
    expect(await attest(world, device, [chain(phone)])).toBe('VOUCHING_KEY_BANNED')
    const ban = `/v1/apps/${androidId}/bans/android-device/${phone.keybox.attestationKeySha256}`
    await must(world.service, 'DELETE', ban)
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
  })

  it('must enrol if it refreshes once it is forgotten', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(pixel())])).toBe('tokens')
    const challenge = await challengeOf(world, device, { purpose: 'refresh' })
    await must(world.service, 'DELETE', path(device))
    expect(await send(world, await answerTo(challenge, device, []))).toBe('enrolment_required')
  })

  it('shows in the trace of a refusal what was verified before the policy refused', async () => {
    const device = world.androidDevice()
    const phone = simulateUnlockedPhone({ google: world.google, app: world.app })
    expect(await attest(world, device, [chain(phone)])).toBe('BOOT_LOADER_UNLOCKED')
    const shown = await must<Installation>(world.service, 'GET', path(device))
    expect(shown).toMatchObject({
      remembered: false,
      device: { vouched: { os_version: expect.stringMatching(/^Android \d+$/) } },
      let_through: [{ audience, code: 'BOOT_LOADER_UNLOCKED', obstacle: 'tier' }],
    })
  })
})

describe('a key that is installation key and vouching key in one', () => {
  const keyInHardware = () => {
    const pair = newKeyPair('P-256')
    // By way of DER: Node 20 can lock itself out in the export of a key that was generated in this process.
    const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const { x, y } = createPublicKey(key).export({ format: 'jwk' }) as { x: string; y: string }
    const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x, y }
    const thumbprint = hash('sha256', thumbprintInput(jwk), 'base64url')
    const device: TestDevice = {
      ...world.androidDevice(),
      key: {
        privateKey: createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' })),
        jwk,
        thumbprint,
      },
    }
    const attested: Piece = {
      format: 'android-key-attestation',
      collect: (_binding, { attestation_challenge: challenge }) =>
        pixel().attestKey(pair, oneKeyCommitment(decodeBase64url(challenge) as Uint8Array)),
    }
    return { device, attested }
  }

  it('is called a hardware key, at refreshes too', async () => {
    const { device, attested } = keyInHardware()
    const first = await answerTo(await challengeOf(world, device, { oneKey: true }), device, [attested])
    expect(await tokenOf(world, first)).toMatchObject({ ear_status: 'affirming', holder_key: 'hardware' })
    const again = await answerTo(await challengeOf(world, device), device, [])
    expect(await tokenOf(world, again)).toMatchObject({ ear_status: 'affirming', holder_key: 'hardware' })
  })

  it('can be required by an app: two keys are then a warning, and one key is affirming', async () => {
    const set = (android: object) =>
      must(world.service, 'PATCH', `/v1/apps/${androidId}`, {
        body: { evidence: { ...androidEvidence, android_key_attestation: android } },
      })
    await set({ ...androidEvidence.android_key_attestation, holder_key: 'hardware' })
    const twoKeys = world.androidDevice()
    const phone = pixel()
    expect(await attest(world, twoKeys, [chain(phone)])).toBe('HOLDER_KEY_NOT_IN_HARDWARE')
    const { device, attested } = keyInHardware()
    expect(await attest(world, device, [attested], { oneKey: true })).toBe('tokens')
    expect(await attest(world, device, [])).toBe('tokens')
    await set({ ...androidEvidence.android_key_attestation, holder_key: 'vouched' })
    expect(await attest(world, twoKeys, [chain(phone)])).toBe('tokens')
    await set(androidEvidence.android_key_attestation)
  })

  it('must be the one that signs', async () => {
    const { attested } = keyInHardware()
    expect(await attest(world, world.androidDevice(), [attested], { oneKey: true })).toBe(
      'EVIDENCE_OTHER_KEY',
    )
  })

  it('must be attested', async () => {
    expect(await attest(world, world.androidDevice(), [], { oneKey: true })).toBe('EVIDENCE_OF_KEY_MISSING')
    const phone = pixel()
    expect(await attest(world, world.androidDevice(), [verdict(phone)], { oneKey: true })).toBe(
      'EVIDENCE_OF_KEY_MISSING',
    )
  })

  it('must be attested for the challenge, not for the binding', async () => {
    expect(await attest(world, world.androidDevice(), [chain(pixel())], { oneKey: true })).toBe(
      'ANDROID_KEY_COMMITMENT',
    )
  })
})
