import { createHash, createPublicKey } from 'node:crypto'
import {
  concat,
  decodeBase64url,
  labels,
  paths,
  utf8,
  type AttestationRequest,
  type ChallengeRequest,
  type EvidenceItem,
} from '@assay/protocol'
import {
  createSoftwareKey,
  newKeyPair,
  type AndroidPhone,
  type Phones,
  readClientData,
  type Device,
  type KeyPair,
  type SoftwareKey,
} from '@assay/testkit'
import { without } from '../../attack/sdks.ts'
import { sending } from '../../drivers/meddling.ts'
import * as kotlin from '../../drivers/kotlin.ts'
import * as swift from '../../drivers/swift.ts'
import type { Attack } from '../../attack/attack.ts'
import { onlyHardware, refusedWith, through } from '../../attack/expected.ts'
import { always, onIphone, onPhone, onPixel, onPixelWithPlay } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../world/outcome.ts'
import type { HardwareWorld } from '../../world/world.ts'

const format = 'android-key-attestation'

const otherBinding = 'Zk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'

/** Evidence that is left out, repeated, relayed or put together from several phones. */
export const combination: readonly Attack[] = [
  onPhone({
    id: 'evidence-left-out',
    sdks: { kotlin: (stage) => kotlin.attempt(stage, { attestsKey: false }), swift: swift.attemptWithout },
    title: 'Downgrade: a client without a phone lists no evidence and sends none',
    oat: 'OAT-020',
    method: 'the measurement is sound, and all of it is signed; for the Android app and the iOS app',
    expected: onlyHardware(refusedWith('HARDWARE_EVIDENCE_MISSING')),
    attack: async (world) => {
      const none = { evidence: [] }
      return allOf([await onPixel(world, none), await onIphone(world, none)])
    },
    twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
  }),
  onPhone({
    id: 'evidence-repeated',
    sdks: { kotlin: 'changed-sdk', swift: 'android-only' },
    title: 'Two chains are sent, so that one might be verified and the other believed',
    oat: 'OAT-020',
    method: 'that of a genuine phone first, and that of an unlocked one',
    expected: onlyHardware(refusedWith('EVIDENCE_REPEATED')),
    attack: (world) => {
      const evidence = [world.phones.pixel(), world.phones.unlocked()].flatMap((phone) => phone.evidence)
      return onPixel(world, { evidence })
    },
  }),
  onPhone({
    id: 'evidence-of-other-platform',
    sdks: without('own-client-data'),
    title: 'A genuine iPhone vouches for the Android app',
    oat: 'OAT-020',
    method: "an attestation of Apple for the owner's iOS app, in an answer for the Android app",
    expected: onlyHardware(refusedWith('EVIDENCE_NOT_ADMITTED')),
    attack: (world) => onPixel(world, world.phones.iphone()),
  }),
  onPhone({
    id: 'one-key-passed-off',
    sdks: { kotlin: 'changed-sdk', swift: 'android-only' },
    title: 'A software key is passed off as a hardware key',
    oat: 'OAT-020',
    method: 'the challenge is for a key that is attested itself: another key is attested, or none',
    expected: onlyHardware(refusedWith('EVIDENCE_OF_KEY_MISSING,EVIDENCE_OTHER_KEY')),
    attack: async (world) =>
      allOf([await answer(world, newKeyPair('P-256')), await answer(world, undefined)]),
    twin: (world) => {
      // What the phone keeps is here in memory: it is the same key.
      const key = createSoftwareKey()
      return answer(world, keyPairOf(key), key)
    },
  }),
  onPhone({
    id: 'attestation-relayed',
    sdks: {
      kotlin: 'changed-sdk',
      swift: {
        async attack(stage) {
          const victim = await stage.phone()
          await victim.start().ask('token')
          const { evidence } = JSON.parse(victim.gate.passed.at(-1)?.body ?? '') as AttestationRequest
          return swift.meddled(
            stage,
            sending(() => ({ evidence })),
          )
        },
        code: 'APP_ATTEST_NONCE',
      },
    },
    title: "A genuine phone's attestation for its own installation is relayed for another",
    oat: 'OAT-019',
    method: "recorded on its way from a Pixel and an iPhone, sent with client data of the attacker's own key",
    expected: onlyHardware(refusedWith('ANDROID_KEY_COMMITMENT,APP_ATTEST_NONCE')),
    attack: async (world) => {
      const chain = await recorded(world.device(), world.apis.orders.url)
      const attestation = await recorded(world.iosDevice(), world.iosOrders.url)
      const evidenceOf = (item: EvidenceItem) => ({ evidence: [always(item.format, () => item)] })
      return allOf([await onPixel(world, evidenceOf(chain)), await onIphone(world, evidenceOf(attestation))])
    },
    twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
  }),
  onPhone({
    id: 'phones-spliced',
    sdks: { kotlin: kotlin.on(spliced), swift: 'android-only' },
    title: 'A chain is spliced from those of two phones',
    oat: 'OAT-020',
    method: 'both for the same client data: the leaf of one, and the certificates above it of the other',
    expected: onlyHardware(refusedWith('ANDROID_KEY_ISSUER')),
    attack: (world) => {
      const [one, other] = [world.phones.pixel(), world.phones.pixel()]
      const source = always(format, (binding) => {
        const [leaf, above] = [one, other].map((phone) => phone.attest(binding)['chain'] as string[])
        return { format, chain: [leaf?.[0], ...(above ?? []).slice(1)] }
      })
      return onPixel(world, { evidence: [source] })
    },
  }),
  onPhone({
    id: 'phones-spliced-verdict',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'The chain is of one phone, the Play verdict of another, with an older app on it',
    oat: 'OAT-020',
    method: 'each genuine, both for the same client data; they state different versions',
    expected: onlyHardware(refusedWith('EVIDENCE_DISAGREES')),
    attack: (world) => onPixelWithPlay(world, 'other-version'),
    twin: (world) => onPixelWithPlay(world),
  }),
  onPhone({
    id: 'phones-spliced-alike',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'The chain is of one genuine phone, the Play verdict of another with the same version',
    oat: 'OAT-019',
    method: 'both vouch for the same client data: nothing that either states tells the phones apart',
    expected: onlyHardware(through),
    attack: (world) => {
      const { phones } = world
      const [one, other] = [phones.pixel(), phones.pixel({ play: phones.play })]
      const [chain] = one.evidence
      const [, verdict] = other.evidence
      return onPixel(world, { evidence: [chain, verdict].filter((source) => source !== undefined) })
    },
  }),
  onPhone({
    id: 'play-other-package',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A Play token is about another package, or was requested by another app',
    oat: 'OAT-020',
    method:
      'signed and encrypted by Google for the genuine client data; also about the package under another key',
    expected: onlyHardware(
      refusedWith('PLAY_INTEGRITY_CERTIFICATE,PLAY_INTEGRITY_PACKAGE,PLAY_INTEGRITY_REQUEST_PACKAGE'),
    ),
    attack: async (world) =>
      allOf([
        await onPixelWithPlay(world, 'other-request-package'),
        await onPixelWithPlay(world, 'other-package'),
        await onPixelWithPlay(world, 'other-signer'),
      ]),
    twin: (world) => onPixelWithPlay(world),
  }),
  onPhone({
    id: 'play-stale',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A Play token is an hour old',
    oat: 'OAT-006',
    method: 'for this very client data; the app is registered for outcomes of the last ten minutes',
    expected: onlyHardware(refusedWith('PLAY_INTEGRITY_STALE')),
    attack: (world) => onPixelWithPlay(world, 'stale'),
    twin: (world) => onPixelWithPlay(world),
  }),
  onPhone({
    id: 'play-replayed',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A Play token for other client data is sent again',
    oat: 'OAT-006',
    method:
      "fresh, of the genuine app on a genuine phone; the chain beside it is for the attacker's client data",
    expected: onlyHardware(refusedWith('PLAY_INTEGRITY_COMMITMENT')),
    attack: async (world) => {
      const phone = world.phones.pixel({ play: world.phones.play })
      const before = await phone.verdict(otherBinding)
      const chain = always('android-key-attestation', (binding) => phone.attest(binding))
      return onPixel(world, { evidence: [chain, always('play-integrity', () => before)] })
    },
    twin: (world) => onPixelWithPlay(world),
  }),
]

/** Asks for a challenge for a key that is yet to be made, and answers it with a chain for `attested`, or with none. */
function answer(world: HardwareWorld, attested: KeyPair | undefined, key = createSoftwareKey()) {
  const phone = world.phones.pixel()
  const rewrite = (path: string, body: string) => {
    if (path === paths.challenges)
      return JSON.stringify({ ...(JSON.parse(body) as ChallengeRequest), key: undefined })
    if (path !== paths.attestations || attested === undefined) return body
    const sent = JSON.parse(body) as AttestationRequest
    const challenge = decodeBase64url(readClientData(sent).challenge) ?? new Uint8Array()
    const committed = createHash('sha256').update(concat(labels.androidKey, challenge)).digest('base64url')
    return JSON.stringify({ ...sent, evidence: [phone.attestKey(attested, utf8(committed))] })
  }
  return onPixel(world, attested === undefined ? { evidence: [] } : phone, { key, rewrite })
}

function keyPairOf({ privateKey }: SoftwareKey): KeyPair {
  const publicKey = createPublicKey(privateKey)
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) }
}

/** What a genuine device has sent for itself. */
async function recorded(making: Promise<Device>, audience: string): Promise<EvidenceItem> {
  const device = await making
  try {
    await device.client.getToken(audience)
    const sent = device.exchanges.find(({ path }) => path === paths.attestations)
    return (sent?.request as AttestationRequest).evidence[0] as EvidenceItem
  } finally {
    device.close()
  }
}

/** The leaf of one phone, and the certificates above it of another. */
function spliced(phones: Phones): AndroidPhone {
  const [one, other] = [phones.pixel(), phones.pixel()]
  return {
    ...one,
    attestKey(key, challenge) {
      const item = one.attestKey(key, challenge)
      const [leaf] = item['chain'] as string[]
      const above = (other.attestKey(key, challenge)['chain'] as string[]).slice(1)
      return { ...item, chain: [leaf, ...above] }
    },
  }
}
