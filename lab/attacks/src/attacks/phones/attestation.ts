import { createApkSigner, createSoftwareKey, rebuildApk, type AndroidPhone } from '@assay/testkit'
import type { Attack, Attempt } from '../../attack/attack.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import {
  onFaultyIphones,
  onFaultyPixels,
  onIphone,
  onPhone,
  onPixel,
  onPixelExactly,
} from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../world/outcome.ts'
import type { HardwareWorld } from '../../world/world.ts'

/** Attestations of keys that a phone makes for another app, in another state, or not at all. */
export const attestation: readonly Attack[] = [
  onPhone({
    id: 'resigned-app-on-phone',
    withoutSdk: ['android-only'],
    title: 'A re-signed app runs on a genuine phone and measures a pristine copy',
    oat: 'OAT-020',
    method: "Android's own attestation names the package and the stranger's certificate",
    expected: onlyHardware(refusedWith('ANDROID_KEY_SIGNER')),
    attack: (world) => {
      const { installed } = world.phones
      return onPixel(world, world.phones.pixel({ app: { ...installed, signers: ['5a'.repeat(32)] } }))
    },
  }),
  onPhone({
    id: 'debug-signer-once-registered',
    withoutSdk: ['android-only', 'same-to-an-sdk'],
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
  onPhone({
    id: 'other-package-on-phone',
    withoutSdk: ['android-only'],
    title: 'Another app on a genuine phone answers for the genuine one',
    oat: 'OAT-020',
    method: 'its key is attested for its own package; app and build are named as those of the genuine app',
    expected: onlyHardware(refusedWith('ANDROID_KEY_PACKAGE')),
    attack: (world) => {
      const { installed } = world.phones
      return onPixel(world, world.phones.pixel({ app: { ...installed, package: 'com.example.helper' } }))
    },
  }),
  onPhone({
    id: 'other-team-on-iphone',
    withoutSdk: ['ios-only'],
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
    withoutSdk: ['android-only', 'changed-sdk'],
    title: "A genuine chain is extended by a fake leaf with the attacker's statements",
    oat: 'OAT-020',
    method:
      'signed with the attested key: with a statement, without one, and below a leaf that says it may issue',
    expected: onlyHardware(refusedWith('ANDROID_KEY_EXTENSION')),
    attack: async (world) =>
      allOf(
        await onFaultyPixels(world, [
          'extended-chain',
          'extended-chain-without-statement',
          'extended-by-an-authority',
        ]),
      ),
  }),
  onPhone({
    id: 'chain-forged',
    withoutSdk: ['android-only'],
    title: 'The attacker puts a leaf of his own on genuine certificates',
    oat: 'OAT-020',
    method:
      'signed by another key, under another name, the root twice, the statement in the wrong certificate',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_EXTENSION,ANDROID_KEY_ISSUER,ANDROID_KEY_REPEATED_KEY,ANDROID_KEY_SIGNATURE'),
    ),
    attack: async (world) =>
      allOf(
        await onFaultyPixels(world, [
          'signed-by-another-key',
          'other-issuer-name',
          'root-twice',
          'statement-above-the-leaf',
        ]),
      ),
  }),
  onPhone({
    id: 'key-from-outside',
    withoutSdk: ['android-only'],
    title: "A genuine phone attests a key that is not its app's alone",
    oat: 'OAT-020',
    method: 'imported instead of made there; allowed to attest others; open to every app on the phone',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_ALL_APPLICATIONS,ANDROID_KEY_ORIGIN,ANDROID_KEY_PURPOSE'),
    ),
    attack: async (world) =>
      allOf(await onFaultyPixels(world, ['imported-key', 'key-that-attests', 'all-applications'])),
  }),
  onPhone({
    id: 'keystore-in-software',
    withoutSdk: ['android-only'],
    title: 'An emulator attests its keys with the software keystore',
    oat: 'OAT-005',
    method:
      "Android's published root; also a phone whose hardware says that key or attestation are software's",
    expected: onlyHardware(refusedWith('ANDROID_KEY_SOFTWARE_ROOT,KEY_IN_SOFTWARE')),
    attack: async (world) =>
      allOf([
        await onPixel(world, world.phones.emulator()),
        ...(await onFaultyPixels(world, ['software-key', 'software-attestation'])),
      ]),
  }),
  onPhone({
    id: 'boot-loader-unlocked',
    withoutSdk: ['android-only'],
    title: 'The genuine app runs on a phone with an unlocked boot loader',
    oat: 'OAT-020',
    method: 'the hardware says so; also one whose system verifies all the same',
    expected: onlyHardware(refusedWith('BOOT_LOADER_UNLOCKED')),
    attack: async (world) =>
      allOf([
        await onPixel(world, world.phones.unlocked()),
        ...(await onFaultyPixels(world, ['unlocked-yet-verified'])),
      ]),
  }),
  onPhone({
    id: 'keybox-revoked',
    withoutSdk: ['android-only'],
    title: 'A leaked keybox that Google has revoked makes chains',
    oat: 'OAT-019',
    method: 'its attestation certificate stands in the status list',
    expected: onlyHardware(refusedWith('ANDROID_KEY_REVOKED')),
    attack: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.keyboxes.revoked })),
  }),
  onPhone({
    id: 'keybox-suspended',
    withoutSdk: ['android-only'],
    title: 'A keybox that Google has suspended makes chains',
    oat: 'OAT-019',
    method: 'that of a batch from the factory; it stands in the status list as SUSPENDED',
    expected: onlyHardware(refusedWith('ANDROID_KEY_SUSPENDED')),
    attack: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.keyboxes.suspended })),
  }),
  {
    id: 'keybox-revoked-later',
    withoutSdk: ['android-only', 'same-to-an-sdk'],
    title: 'A key refreshes after the keybox that vouched for it was revoked',
    oat: 'OAT-019',
    method:
      'remembered evidence is checked against the current list; the twin is a phone with another keybox',
    expected: onlyHardware(refusedWith('ANDROID_KEY_REVOKED')),
    run: { 'assay-hardware': refreshBoth },
  },
  onPhone({
    id: 'roots-of-ones-own',
    title: 'Evidence has forged roots with the names of the genuine ones',
    oat: 'OAT-019',
    method: 'whole hierarchies of Google and of Apple, and certificates of Apple under another name',
    expected: onlyHardware(
      refusedWith('ANDROID_KEY_ANCHOR,APP_ATTEST_ANCHOR,APP_ATTEST_INTERMEDIATE_SIGNATURE'),
    ),
    attack: async (world) =>
      allOf([
        ...(await onFaultyPixels(world, ['other-root'])),
        ...(await onFaultyIphones(world, ['other-root', 'other-root-name'])),
      ]),
    twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
  }),
  onPhone({
    id: 'sandbox-evidence',
    withoutSdk: ['ios-only'],
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
