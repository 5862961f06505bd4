import { createApkSigner, createSoftwareKey, rebuildApk, type AndroidPhone } from '@assay/testkit'
import { appId } from '@assay/phones/ios'
import { allCodes } from '../../drivers/attempt.ts'
import * as kotlin from '../../drivers/kotlin.ts'
import * as swift from '../../drivers/swift.ts'
import type { Attack, Attempt } from '../../attack/attack.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import {
  onFaultyIphones,
  onEachPixel,
  onPixels,
  faulty,
  onIphone,
  onPhone,
  onPixel,
  onPixelExactly,
} from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../world/outcome.ts'
import type { HardwareWorld } from '../../world/world.ts'

/** Attestations of keys that a phone makes for another app, in another state, or not at all. */
export const attestation: readonly Attack[] = [
  onPixels({
    id: 'resigned-app-on-phone',
    title: 'A re-signed app runs on a genuine phone and measures a pristine copy',
    oat: 'OAT-020',
    method: "Android's own attestation names the package and the stranger's certificate",
    expected: onlyHardware(refusedWith('ANDROID_KEY_SIGNER')),
    phones: [({ installed, pixel }) => pixel({ app: { ...installed, signers: ['5a'.repeat(32)] } })],
  }),
  onPhone({
    id: 'debug-signer-once-registered',
    sdks: { kotlin: 'same-to-an-sdk', swift: 'android-only' },
    title:
      'A repackaged app is signed with the debug key of a QA build that was registered once, and retired',
    oat: 'OAT-020',
    method: 'on a genuine phone, measuring a pristine copy of the release; everybody has the debug key',
    expected: onlyHardware(refusedWith('ANDROID_KEY_SIGNER')),
    attack: async (world) => {
      const { installed, play } = world.phones
      const debug = await createApkSigner('Android Debug')
      const qa = await rebuildApk(world.apks.release, { variant: 'as-is' }, debug)
      const registered = await world.operator.register(qa, { id: 'qa', allowDebugSigner: true })
      if (!registered.through) throw new Error(`the QA build is not registered: ${registered.code}`)
      await world.operator.retire('qa')
      return onPixelExactly(
        world,
        world.phones.pixel({ play, app: { ...installed, signers: [debug.sha256] } }),
      )
    },
    twin: onPixelExactly,
  }),
  onPixels({
    id: 'other-package-on-phone',
    title: 'Another app on a genuine phone answers for the genuine one',
    oat: 'OAT-020',
    method: 'its key is attested for its own package; app and build are named as those of the genuine app',
    expected: onlyHardware(refusedWith('ANDROID_KEY_PACKAGE')),
    phones: [({ installed, pixel }) => pixel({ app: { ...installed, package: 'com.example.helper' } })],
  }),
  onPhone({
    id: 'other-team-on-iphone',
    sdks: {
      kotlin: 'ios-only',
      swift: async (stage) =>
        allCodes([
          await swift.attempt(stage, { appId: swift.otherTeam }),
          await swift.attempt(stage, { appId: `${appId}.helper` }),
        ]),
    },
    title: 'A re-signed app on a genuine iPhone: the App ID of another team, or another bundle',
    oat: 'OAT-020',
    method:
      'attested by Apple, for ZZZZZ99999 and the genuine bundle id, and for the genuine team and another',
    expected: onlyHardware(refusedWith('APP_ATTEST_APP_ID')),
    attack: async (world) => {
      const { appId } = world.phones
      const others = [appId.replace(/^[^.]*/, 'ZZZZZ99999'), `${appId}.helper`]
      const tries = others.map((other) => onIphone(world, world.phones.iphone({ appId: other })))
      return allOf(await Promise.all(tries))
    },
    twin: onIphone,
  }),
  onPhone({
    id: 'chain-extended',
    sdks: { kotlin: 'changed-sdk', swift: 'android-only' },
    title: "A genuine chain is extended by a fake leaf with the attacker's statements",
    oat: 'OAT-020',
    method:
      'signed with the attested key: with a statement, without one, and below a leaf that says it may issue',
    expected: onlyHardware(refusedWith('ANDROID_KEY_EXTENSION')),
    attack: async (world) =>
      allOf(
        await onEachPixel(world, [
          faulty('extended-chain'),
          faulty('extended-chain-without-statement'),
          faulty('extended-by-an-authority'),
        ]),
      ),
  }),
  onPixels({
    id: 'chain-forged',
    title: 'The attacker puts a leaf of his own on genuine certificates',
    oat: 'OAT-020',
    method:
      'signed by another key, under another name, the root twice, the statement in the wrong certificate',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_EXTENSION,ANDROID_KEY_ISSUER,ANDROID_KEY_REPEATED_KEY,ANDROID_KEY_SIGNATURE'),
    ),
    phones: [
      faulty('signed-by-another-key'),
      faulty('other-issuer-name'),
      faulty('root-twice'),
      faulty('statement-above-the-leaf'),
    ],
  }),
  onPixels({
    id: 'key-from-outside',
    title: "A genuine phone attests a key that is not its app's alone",
    oat: 'OAT-020',
    method: 'imported instead of made there; allowed to attest others; open to every app on the phone',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_ALL_APPLICATIONS,ANDROID_KEY_ORIGIN,ANDROID_KEY_PURPOSE'),
    ),
    phones: [faulty('imported-key'), faulty('key-that-attests'), faulty('all-applications')],
  }),
  onPixels({
    id: 'keystore-in-software',
    title: 'An emulator attests its keys with the software keystore',
    oat: 'OAT-005',
    method:
      "Android's published root; also a phone whose hardware says that key or attestation are software's",
    expected: onlyHardware(refusedWith('ANDROID_KEY_SOFTWARE_ROOT,KEY_IN_SOFTWARE')),
    phones: [({ emulator }) => emulator(), faulty('software-key'), faulty('software-attestation')],
  }),
  onPixels({
    id: 'boot-loader-unlocked',
    title: 'The genuine app runs on a phone with an unlocked boot loader',
    oat: 'OAT-020',
    method: 'the hardware says so; also one whose system verifies all the same',
    expected: onlyHardware(refusedWith('BOOT_LOADER_UNLOCKED')),
    phones: [({ unlocked }) => unlocked(), faulty('unlocked-yet-verified')],
  }),
  onPixels({
    id: 'keybox-revoked',
    title: 'A leaked keybox that Google has revoked makes chains',
    oat: 'OAT-019',
    method: 'its attestation certificate stands in the status list',
    expected: onlyHardware(refusedWith('ANDROID_KEY_REVOKED')),
    phones: [({ keyboxes, pixel }) => pixel({ keybox: keyboxes.revoked })],
  }),
  onPixels({
    id: 'keybox-suspended',
    title: 'A keybox that Google has suspended makes chains',
    oat: 'OAT-019',
    method: 'that of a batch from the factory; it stands in the status list as SUSPENDED',
    expected: onlyHardware(refusedWith('ANDROID_KEY_SUSPENDED')),
    phones: [({ keyboxes, pixel }) => pixel({ keybox: keyboxes.suspended })],
  }),
  {
    id: 'keybox-revoked-later',
    sdks: { kotlin: 'same-to-an-sdk', swift: 'android-only' },
    title: 'A key refreshes after the keybox that vouched for it was revoked',
    oat: 'OAT-019',
    method:
      'remembered evidence is checked against the current list; the twin is a phone with another keybox',
    expected: onlyHardware(refusedWith('ANDROID_KEY_REVOKED')),
    run: { 'assay-hardware': refreshBoth },
  },
  onPhone({
    id: 'roots-of-ones-own',
    sdks: {
      kotlin: { attack: kotlin.on(faulty('other-root')), code: 'ANDROID_KEY_ANCHOR' },
      swift: {
        attack: (stage) => swift.attempt(stage, {}, {}, ({ apple }) => (apple.hasOwnRoots = true)),
        code: 'APP_ATTEST_INTERMEDIATE_SIGNATURE',
      },
    },
    title: 'Evidence has forged roots with the names of the genuine ones',
    oat: 'OAT-019',
    method: 'whole hierarchies of Google and of Apple, and certificates of Apple under another name',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_ANCHOR,APP_ATTEST_ANCHOR,APP_ATTEST_INTERMEDIATE_SIGNATURE'),
    ),
    attack: async (world) =>
      allOf([
        ...(await onEachPixel(world, [faulty('other-root')])),
        ...(await onFaultyIphones(world, ['other-root', 'other-root-name'])),
      ]),
    twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
  }),
  onPhone({
    id: 'sandbox-evidence',
    sdks: {
      kotlin: 'ios-only',
      swift: (stage) => swift.attempt(stage, {}, {}, ({ apple }) => (apple.environment = 'development')),
    },
    title: "Evidence of Apple's sandbox is given to a service in production",
    oat: 'OAT-020',
    method: 'a build from Xcode on a genuine iPhone, under the genuine App ID',
    expected: onlyHardware(refusedWith('APP_ATTEST_ENVIRONMENT')),
    attack: (world) => onIphone(world, world.phones.iphone({ environment: 'development' })),
    twin: onIphone,
  }),
]

/** Two phones enrol; Google revokes the keybox of one; both refresh once the service has read the list again. */
async function refreshBoth({ phones, startOther }: HardwareWorld): Promise<Attempt> {
  const service = await startOther('test')
  const installed = ({ evidence }: AndroidPhone) => {
    const key = createSoftwareKey()
    return () => service.attest('android', { key, evidence })
  }
  try {
    const leaked = phones.pixel()
    const [attestLeaked, attestGenuine] = [installed(leaked), installed(phones.pixel())]
    const enrolled = everyOf([await attestLeaked(), await attestGenuine()])
    phones.revoke(leaked.keybox)
    await service.restart()
    return { attack: await attestLeaked(), twin: everyOf([enrolled, await attestGenuine()]) }
  } finally {
    await service.stop()
  }
}
