import { setTimeout as wait } from 'node:timers/promises'
import { memoryImage, type AnyKeyStore } from '@assay/client'
import { paths, type AttestationRequest, type EvidenceItem } from '@assay/protocol'
import { createSoftwareKey, keyStoreOf, type SoftwareKey } from '@assay/testkit'
import { without } from '../../attack/sdks.ts'
import { sending } from '../../drivers/meddling.ts'
import * as swift from '../../drivers/swift.ts'
import type { Attack } from '../../attack/attack.ts'
import { noToken, onlyAssay, onlyHardware, refusedWith, through } from '../../attack/expected.ts'
import { always, onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { stolenKey } from '../../kinds/stolen.ts'
import { tryDevice } from '../../kinds/device-with-build.ts'
import { refused } from '../../world/outcome.ts'
import { hastyAge, type HardwareWorld, type InstalledBuild } from '../../world/world.ts'

const format = 'apple-app-attest-assertion'

const audiencesOf = ({ hasty }: HardwareWorld) => ({ [hasty.url]: hasty.url })

const enrolHasty = (world: HardwareWorld, key: SoftwareKey) =>
  tryDevice(world, world.device({ key, audiences: audiencesOf(world) }), world.hasty)

/** A thief has the key and no phone. */
const refreshHasty = (world: HardwareWorld, key: SoftwareKey) =>
  tryDevice(world, world.device({ key, audiences: audiencesOf(world), evidence: [] }), world.hasty)

/** Installations that refresh without the phone that vouched for them, or with an older state of it. */
export const refresh: readonly Attack[] = [
  onPhone({
    id: 'counter-rolled-back',
    sdks: {
      kotlin: 'ios-only',
      async swift(stage) {
        const phone = await stage.phone()
        const app = phone.start()
        for (const force of [false, true, true]) await app.ask('token', { force })
        phone.apple.counterError = -1
        return swift.call(stage, app, { force: true })
      },
    },
    title: 'The counter of an App Attest key is rolled back, as in a copied state of the phone',
    oat: 'OAT-019',
    method: 'enrolled, refreshed twice; the third assertion states what the second did',
    expected: onlyHardware(refusedWith('APP_ATTEST_ASSERTION_COUNTER')),
    attack: async (world) => {
      const key = createSoftwareKey()
      const phone = world.phones.iphone()
      const again = () => onIphone(world, phone, { key })
      for (const before of [await again(), await again(), await again()])
        if (!before.through) return refused(0, 'NOT_ENROLLED')
      phone.counter -= 1
      return again()
    },
    twin: async (world) => {
      const key = createSoftwareKey()
      const phone = world.phones.iphone()
      await onIphone(world, phone, { key })
      return onIphone(world, phone, { key })
    },
  }),
  onPhone({
    id: 'assertion-replayed',
    sdks: {
      kotlin: 'ios-only',
      async swift(stage) {
        const phone = await stage.phone()
        const app = phone.start()
        for (const force of [false, true]) await app.ask('token', { force })
        const { evidence } = JSON.parse(phone.gate.passed.at(-1)?.body ?? '') as AttestationRequest
        swift.meddleOn(sending(() => ({ evidence })))(phone)
        return swift.call(stage, app, { force: true })
      },
    },
    title: 'The assertion of an earlier refresh is sent with a copied installation key',
    oat: 'OAT-019',
    method: 'recorded on its way; client data is new and signed with the copied key',
    expected: onlyHardware(refusedWith('APP_ATTEST_ASSERTION_SIGNATURE')),
    attack: async (world) => {
      const { key, item } = await recordRefresh(world)
      return onIphone(world, { evidence: [always(format, () => item)] }, { key })
    },
    twin: async (world) => {
      const { key, phone } = await recordRefresh(world)
      return onIphone(world, phone, { key })
    },
  }),
  onPhone({
    id: 'assertion-of-other-key',
    sdks: {
      kotlin: 'ios-only',
      async swift(stage) {
        const phone = await stage.phone()
        const app = phone.start()
        await swift.call(stage, app)
        phone.apple.isForeign = true
        return swift.call(stage, app, { force: true })
      },
    },
    title: 'Another App Attest key signs the refresh of a copied installation key',
    oat: 'OAT-019',
    method: "the thief's own genuine iPhone asserts; the service verifies with the key that it remembers",
    expected: onlyHardware(refusedWith('APP_ATTEST_ASSERTION_SIGNATURE')),
    attack: (world) => refreshWith(world, 'other-key'),
    twin: (world) => refreshWith(world),
  }),
  {
    id: 'copied-key-refreshed',
    sdks: without('key-outside-hardware'),
    title: 'A copied installation key refreshes without the phone, while its evidence is recent',
    oat: 'OAT-019',
    method:
      'all memory and files of the process are read, and a copy of the app is measured; a key in the Keystore is not in them',
    expected: onlyAssay(noToken, through, refusedWith('client_data_signature_invalid')),
    run: {
      assay: async (world) => {
        const key = createSoftwareKey()
        await tryDevice(world, world.device({ key }))
        return { attack: await tryDevice(world, world.device({ key, evidence: [] })) }
      },
      'assay-hardware': async (world) => {
        const { native, nativePhones } = world
        const keyStore = native.keystore(nativePhones.pixel())
        const refreshBy = (by: AnyKeyStore) =>
          tryDevice(world, native.android({ keyStore: by }), native.orders)
        await refreshBy(keyStore)
        return {
          attack: await refreshBy(keyStoreOf(stolenKey(keyStore))),
          twin: await refreshBy(keyStore),
        }
      },
    },
  },
  onPhone({
    id: 'copied-key-refreshed-two-keys',
    sdks: without('key-outside-hardware'),
    title: 'The same for an app that does not require a hardware key',
    oat: 'OAT-019',
    method: 'a software key that a Pixel has vouched for; the thief measures a copy and gives no evidence',
    expected: onlyHardware(through),
    attack: async (world) => {
      const key = createSoftwareKey()
      const enrolled = await onPixel(world, world.phones.pixel(), { key })
      return enrolled.through ? onPixel(world, { evidence: [] }, { key }) : refused(0, 'NOT_ENROLLED')
    },
  }),
  onPhone({
    id: 'copied-key-refreshed-late',
    sdks: without('key-outside-hardware'),
    title: 'A copied software key refreshes after its evidence has become too old for the policy',
    oat: 'OAT-019',
    method: `a policy of ${hastyAge} seconds stands for one of a day; the twin refreshes within it`,
    expected: onlyHardware(refusedWith('HARDWARE_EVIDENCE_OLD')),
    attack: async (world) => {
      const key = createSoftwareKey()
      await enrolHasty(world, key)
      await wait((hastyAge + 1) * 1000)
      return refreshHasty(world, key)
    },
    twin: async (world) => {
      const key = createSoftwareKey()
      await enrolHasty(world, key)
      return refreshHasty(world, key)
    },
  }),
  onPhone({
    id: 'copied-key-refreshed-iphone',
    sdks: without('key-outside-hardware'),
    title: 'A copied installation key refreshes without the iPhone that vouched for it',
    oat: 'OAT-019',
    method: 'young evidence is remembered; the thief cannot have the App Attest key assert',
    expected: onlyHardware(refusedWith('VOUCHING_KEY_SIGNATURE_MISSING')),
    attack: async (world) => {
      const key = createSoftwareKey()
      await onIphone(world, world.phones.iphone(), { key })
      return onIphone(world, { evidence: [] }, { key })
    },
    twin: async (world) => {
      const key = createSoftwareKey()
      const phone = world.phones.iphone()
      await onIphone(world, phone, { key })
      return onIphone(world, phone, { key })
    },
  }),
  onPhone({
    id: 'older-build-on-iphone',
    sdks: {
      kotlin: 'ios-only',
      async swift(stage) {
        const phone = await stage.phone()
        const newer = phone.start()
        await newer.ask('token')
        await newer.kill()
        return swift.call(stage, phone.start({ build: stage.olderBuild.id }))
      },
    },
    title: 'Downgrade: an installation goes back to an older build with a known weakness',
    oat: 'OAT-014',
    method:
      'registered, not retired, and no minimum version is set; the phone remembers nothing, the service does',
    expected: onlyHardware(refusedWith('BUILD_OLDER_THAN_BEFORE')),
    attack: (world) => refreshWithBuild(world, world.ios.builds[0]),
    twin: (world) => refreshWithBuild(world, world.ios.builds[1]),
  }),
]

/** The assertion of a refresh, as it went over the wire. */
async function recordRefresh(world: HardwareWorld, key = createSoftwareKey(), phone = world.phones.iphone()) {
  await onIphone(world, phone, { key })
  const device = await world.iosDevice({ key, evidence: phone.evidence })
  try {
    await device.client.getToken(world.iosOrders.url)
    const sent = device.exchanges.findLast(({ path }) => path === paths.attestations)
    const item = (sent?.request as AttestationRequest).evidence.find((each) => each.format === format)
    return { key, phone, item: item as EvidenceItem }
  } finally {
    device.close()
  }
}

async function refreshWith(world: HardwareWorld, fault?: 'other-key') {
  const key = createSoftwareKey()
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key })
  phone.faults.assertion = fault
  return onIphone(world, phone, { key })
}

/** An installation enrols with the newer build, and refreshes with this one. */
async function refreshWithBuild(world: HardwareWorld, { id, segments }: InstalledBuild) {
  const key = createSoftwareKey()
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key })
  return onIphone(world, phone, { key, build: id, apk: memoryImage(segments) })
}
