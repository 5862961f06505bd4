import { describe, expect, it } from 'vitest'
import type { EvidenceSource } from '@assay/client'
import type { EvidenceItem, EvidencePurpose } from '@assay/protocol'
import { androidKeyAttestation, androidKeyContext, issuerKeys } from '@assay/evidence/android-key-attestation'
import {
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  assertionContext,
  assertionKey,
  attestationContext,
  intermediateCache,
} from '@assay/evidence/apple-app-attest'
import {
  createAppleCa,
  createGoogleCa,
  createGooglePlay,
  simulateEmulator,
  simulateIphone,
  simulatePixel,
  simulateUnlockedPhone,
  type AndroidPhone,
} from '../../src/index.ts'
import { anchorsOf, codeOf } from '../verifying.ts'

const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
const otherBinding = 'Zk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
const now = Date.parse('2026-11-25T12:00:00Z')

/** What the SDK gets from the sources for this purpose. */
async function collect(
  sources: readonly EvidenceSource[],
  purpose: EvidencePurpose,
  commitment = binding,
): Promise<EvidenceItem[]> {
  const items: EvidenceItem[] = []
  for (const source of sources) {
    const prepared = await source.prepare(purpose)
    if (prepared !== undefined) items.push(await prepared.collect(commitment))
  }
  return items
}

describe('an iPhone', () => {
  const apple = createAppleCa({ now: () => now })
  const appId = 'ABCDE12345.com.example.app'
  const common = {
    commitment: appleAppAttest.commitment(binding),
    apps: [{ platform: 'ios', appId }],
  } as const

  const attested = (item: EvidenceItem | undefined) =>
    appleAppAttest.verify(
      appleAppAttest.parse(item),
      attestationContext({
        ...common,
        now: now / 1000,
        anchors: [appAttestAnchor('testkit', apple.root)],
        environments: ['production'],
        intermediates: intermediateCache(),
        system: 'ios',
      }),
    )

  it('attests a new key at each enrolment, and asserts with it at each refresh', async () => {
    const phone = simulateIphone({ apple, appId, appState: { validationCategory: 4, bundleVersion: '7' } })
    expect(await collect(phone.evidence, 'refresh')).toEqual([])
    const [attestation] = await collect(phone.evidence, 'enrolment')
    const { claims } = await attested(attestation)
    expect(claims).toMatchObject({ bundleVersion: '7', keyId: phone.key?.keyId.toString('base64url') })
    for (const counter of [1, 2]) {
      const [assertion] = await collect(phone.evidence, 'refresh')
      const key = await assertionKey(claims.publicKey)
      const context = assertionContext({ ...common, key, previousCounter: counter - 1 })
      const verified = await appleAppAttestAssertion.verify(appleAppAttestAssertion.parse(assertion), context)
      expect(verified.claims).toMatchObject({ counter, bundleVersion: '7' })
    }
    const { keyId } = claims
    const [again] = await collect(phone.evidence, 'enrolment')
    expect((await attested(again)).claims.keyId).not.toBe(keyId)
  })

  it('vouches for any binding, of one key if it is asked to', async () => {
    const phone = simulateIphone({ apple, appId })
    const own = phone.attest(otherBinding)
    expect((await attested(phone.attest(binding, phone.key))).claims.keyId).toBe(own['key_id'])
  })

  it("gives evidence that is of no use for another installation's client data", async () => {
    const phone = simulateIphone({ apple, appId })
    const [relayed] = await collect(phone.evidence, 'enrolment', otherBinding)
    expect(await codeOf(() => attested(relayed))).toBe('APP_ATTEST_NONCE')
  })

  it('has the faults that it is told to have, for as long as it is told', async () => {
    const phone = simulateIphone({ apple, appId })
    phone.faults.attestation = 'other-team'
    expect(await codeOf(() => attested(phone.attest(binding)))).toBe('APP_ATTEST_APP_ID')
    phone.faults.attestation = undefined
    expect(await codeOf(() => attested(phone.attest(binding)))).toBe('accepted')
  })
})

describe('an Android phone', () => {
  const google = createGoogleCa({ now: () => now })
  const app = { package: 'com.example.app', versionCode: 7, signers: ['ab'.repeat(32)] }

  const verified = (item: EvidenceItem | undefined) =>
    androidKeyAttestation.verify(
      androidKeyAttestation.parse(item),
      androidKeyContext({
        commitment: androidKeyAttestation.commitment(binding),
        now: now / 1000,
        anchors: anchorsOf(google.roots),
        revocation: { stateOf: () => Promise.resolve('not_listed') },
        apps: [{ platform: 'android', package: app.package, signers: ['ab'.repeat(32)] }],
        issuers: issuerKeys(),
      }),
    )

  const enrolled = async (phone: AndroidPhone) => {
    const [item] = await collect(phone.evidence, 'enrolment')
    return (await verified(item)).claims
  }

  it.each(['factory', 'remote'] as const)('attests a key at each enrolment: %s', async (provisioning) => {
    const phone = simulatePixel({ google, app, provisioning })
    const claims = await enrolled(phone)
    expect(claims).toMatchObject({ provisioning, deviceLocked: true, verifiedBootState: 'Verified' })
    expect(claims.attestationKeySha256).toBe(phone.keybox.attestationKeySha256)
    expect((await enrolled(phone)).keySha256).not.toBe(claims.keySha256)
    expect(await collect(phone.evidence, 'refresh')).toEqual([])
  })

  it('shares its attestation key with its batch, where that is how it was made', async () => {
    const keybox = google.keybox({ provisioning: 'factory' })
    const [one, other] = [1, 2].map(() => simulatePixel({ google, app, keybox, provisioning: 'factory' }))
    expect(one?.keybox.attestationKeySha256).toBe(other?.keybox.attestationKeySha256)
  })

  it('with an unlocked boot loader says so', async () => {
    const claims = await enrolled(simulateUnlockedPhone({ google, app }))
    expect(claims).toMatchObject({ deviceLocked: false, verifiedBootState: 'Unverified' })
  })

  it('that is an emulator ends in the published software root', async () => {
    const [item] = await collect(simulateEmulator({ google, app }).evidence, 'enrolment')
    expect(await codeOf(() => verified(item))).toBe('ANDROID_KEY_SOFTWARE_ROOT')
  })

  it('with Google Play gives a verdict beside the chain, for the same binding', async () => {
    const play = createGooglePlay({ now: () => now })
    const phone = simulatePixel({ google, app, provisioning: 'remote', play })
    const items = await collect(phone.evidence, 'enrolment')
    expect(items.map(({ format }) => format)).toEqual(['android-key-attestation', 'play-integrity'])
    expect(await collect(phone.evidence, 'refresh')).toEqual([])
    const other = simulatePixel({ google, app, provisioning: 'remote' })
    await expect(other.verdict(binding)).rejects.toThrow('no Google Play')
  })

  it("gives evidence that is of no use for another installation's client data", async () => {
    const phone = simulatePixel({ google, app, provisioning: 'remote' })
    expect(await codeOf(() => verified(phone.attest(otherBinding)))).toBe('ANDROID_KEY_COMMITMENT')
    expect(await codeOf(() => verified(phone.attest(binding)))).toBe('accepted')
  })
})
