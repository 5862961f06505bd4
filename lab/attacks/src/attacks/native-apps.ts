import { createSoftwareKey, keyStoreOf } from '@assay/testkit'
import { codeOf, startPhone, type Stage } from '@assay/phones/android'
import type { IosStage } from '@assay/phones/ios'
import { without, type Code } from '../attack/sdks.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import type { Attack } from '../attack/attack.ts'
import {
  noHardware,
  noMeasurement,
  notApplicable,
  onlyAssay,
  refusedWith,
  through,
} from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { allOf, everyOf, type Outcome } from '../world/outcome.ts'
import type { HardwareWorld, World } from '../world/world.ts'

type Options = Parameters<World['native']['android']>[0]
type Segments = NonNullable<NonNullable<Options>['segments']>

const onAndroid = (world: World, options?: Options) =>
  tryDevice(world, world.native.android(options), world.native.orders)
const onIos = (world: World, options?: Options) =>
  tryDevice(world, world.native.ios(options), world.native.orders)

/** The text of the executable, with an instruction of another's. */
function patched({ native }: World): NonNullable<NonNullable<Options>['text']> {
  return native.iosText.map((section) => ({
    ...section,
    bytes: Buffer.from(section.bytes).fill(0, 4, 8),
  }))
}

/** Apps whose SDK is compiled: what native code and the key store of a phone change. */
export const nativeApps: readonly Attack[] = [
  {
    id: 'abi-shopped',
    sdks: {
      kotlin: {
        async attack(stage) {
          const { phones } = stage.world.bundled
          const app = { ...phones.installed, signers: [stage.world.foreignSigner] }
          const hardware = phones.pixel({ app })
          return kotlin.attempt(stage, { ...(await kotlin.bundled(stage, 'armeabi-v7a')), hardware })
        },
        twin: async (stage) => kotlin.attempt(stage, await kotlin.bundled(stage, 'armeabi-v7a')),
      },
      swift: 'android-only',
    },
    title: "The native library for the phone's ABI is patched, and that of another ABI is measured",
    oat: 'OAT-014',
    method:
      'the app is signed anew; its reader takes the pristine splits of armeabi-v7a, as any phone may have them',
    expected: onlyAssay(noMeasurement, through, refusedWith('ANDROID_KEY_SIGNER')),
    run: {
      assay: async (world) => ({
        attack: await onAndroid(world, await otherAbi(world)),
        twin: await onAndroid(world),
      }),
      'assay-hardware': async (world) => {
        const { nativePhones, native } = world
        const app = { ...nativePhones.installed, signers: ['5a'.repeat(32)] }
        const keyStore = native.keystore(nativePhones.pixel({ app }))
        return {
          attack: await onAndroid(world, { ...(await otherAbi(world)), keyStore }),
          twin: await onAndroid(world, await otherAbi(world)),
        }
      },
    },
  },
  {
    id: 'abi-changed',
    sdks: {
      kotlin: {
        attack: (stage) => abiChangedOn(stage, 'armeabi-v7a'),
        twin: (stage) => abiChangedOn(stage, 'arm64-v8a'),
      },
      swift: 'android-only',
    },
    title: 'An installation measures the splits of another ABI than before',
    oat: 'OAT-014',
    method: 'enrolled with those of arm64-v8a; without evidence nothing is remembered of an installation',
    expected: onlyAssay(noMeasurement, through, refusedWith('ABI_CHANGED')),
    run: {
      assay: async (world) => {
        await onAndroid(world)
        return { attack: await onAndroid(world, await otherAbi(world)) }
      },
      'assay-hardware': async (world) => {
        const keyStore = world.native.keystore(world.nativePhones.pixel())
        await onAndroid(world, { keyStore })
        return {
          attack: await onAndroid(world, { ...(await otherAbi(world)), keyStore }),
          twin: await onAndroid(world, { keyStore }),
        }
      },
    },
  },
  {
    id: 'store-variant-shopped',
    sdks: { kotlin: 'same-to-an-sdk', swift: 'android-only' },
    title: 'The app that a store protects is patched, and says that it is a variant without the protection',
    oat: 'OAT-014',
    method:
      'patched, under the shape of each image that is registered, and the files of the upload under that of the protected one, which has replaced it. Where the upload is served beside it, whoever has pristine splits of that measures them, as in `abi-shopped`: with hardware, signed anew. Twin: what the store delivers, and beside it the upload',
    expected: onlyAssay(
      noMeasurement,
      refusedWith('SOFTWARE_SEGMENT_MISMATCH'),
      refusedWith('ANDROID_KEY_SIGNER,SOFTWARE_SEGMENT_MISMATCH'),
    ),
    run: {
      assay: async (world) => shopVariants(world, 'shopped', []),
      'assay-hardware': async (world) => {
        const { nativePhones, native } = world
        const app = { ...nativePhones.installed, signers: ['5a'.repeat(32)] }
        const keyStore = native.keystore(nativePhones.pixel({ app }))
        return shopVariants(world, 'shopped', [{ segments: await native.installed('arm64-v8a'), keyStore }])
      },
    },
  },
  {
    id: 'key-outside-keystore',
    sdks: without('key-outside-hardware'),
    title: 'A patched app keeps its installation key in memory, and enrols with two keys',
    oat: 'OAT-019',
    method:
      'a genuine Pixel vouches for a software key, which could be copied; the API accepts affirming only',
    expected: onlyAssay(noHardware, notApplicable(noHardware), refusedWith('HOLDER_KEY_NOT_IN_HARDWARE')),
    run: {
      'assay-hardware': async (world) => ({
        attack: await onAndroid(world, twoKeys(world)),
        twin: await onAndroid(world),
      }),
    },
  },
  {
    id: 'ipa-executable-patched',
    sdks: { kotlin: 'ios-only', swift: (stage) => patchedOnIphone(stage, { appId: swift.otherTeam }) },
    title: 'The executable of an IPA is patched, and the app is signed again',
    oat: 'OAT-014',
    method:
      'its text differs in memory, which is a claim; by another team, as only Apple signs for the owner',
    expected: onlyAssay(noMeasurement, through, refusedWith('APP_ATTEST_APP_ID')),
    run: {
      assay: async (world) => ({
        attack: await onIos(world, { text: patched(world) }),
        twin: await onIos(world),
      }),
      'assay-hardware': async (world) => {
        const { evidence } = world.nativePhones.iphone({ appId: 'ZZZZZ99999.com.example.native.ios' })
        return { attack: await onIos(world, { text: patched(world), evidence }), twin: await onIos(world) }
      },
    },
  },
  {
    id: 'ipa-patched-in-memory',
    sdks: { kotlin: 'ios-only', swift: (stage) => patchedOnIphone(stage) },
    title: 'The executable of an IPA is patched in memory on a jailbroken phone',
    oat: 'OAT-014',
    method:
      'the app is as the store delivered it, so that App Attest is genuine; its text differs, which no policy of ours refuses yet',
    expected: onlyAssay(noMeasurement, through),
    run: {
      assay: async (world) => ({
        attack: await onIos(world, { text: patched(world) }),
        twin: await onIos(world),
      }),
    },
  },
]

function twoKeys({ nativePhones }: HardwareWorld): NonNullable<Options> {
  return { keyStore: keyStoreOf(createSoftwareKey()), evidence: nativePhones.pixel().evidence }
}

async function otherAbi({ native }: World): Promise<NonNullable<Options>> {
  return { abi: 'armeabi-v7a', segments: await native.installed('armeabi-v7a') }
}

/**
 * Tries to be another image of a build than it is: beside the upload, and where the protected image has replaced it.
 *
 * @param more tries where both are served
 */
async function shopVariants(world: World, id: string, more: readonly NonNullable<Options>[]) {
  const { native } = world
  const [beside, alone] = [`${id}.beside`, `${id}.alone`]
  await native.register(beside, { name: 'play' })
  await native.register(alone, { name: 'play', replace: 'first' })
  const upload = await native.installed('arm64-v8a')
  const delivered = await native.play.installed('arm64-v8a')
  const patch = (bytes: Uint8Array) => Buffer.from(bytes).fill(0)
  /** Segments under the names and lengths of others: a shape is made of nothing else. */
  const shapedAs = (shape: Segments, bytesOf: (name: string) => Uint8Array | undefined): Segments =>
    shape.map(({ name, kind, bytes }) => {
      const under = Buffer.alloc(bytes.length)
      under.set((bytesOf(name) ?? new Uint8Array(0)).subarray(0, bytes.length))
      return { name, kind, bytes: under }
    })
  const patched = (segments: Segments) =>
    segments.map((each) => (each.kind === 'dex' ? { ...each, bytes: patch(each.bytes) } : each))
  const inUpload = (name: string) => upload.find((each) => each.name === name)?.bytes
  const tries = [
    { build: beside, segments: patched(upload) },
    { build: beside, segments: patched(delivered) },
    { build: alone, segments: shapedAs(delivered, inUpload) },
    ...more.map((options) => ({ build: beside, ...options })),
  ]
  const twins = [
    { build: alone, segments: delivered },
    { build: beside, segments: delivered },
    { build: beside, segments: upload },
  ]
  const attack: Outcome[] = []
  for (const options of tries) attack.push(await onAndroid(world, options))
  const twin: Outcome[] = []
  for (const options of twins) twin.push(await onAndroid(world, options))
  return { attack: allOf(attack), twin: everyOf(twin) }
}

/** An installation that has measured the splits for one ABI measures those for this one. */
async function abiChangedOn(stage: Stage, second: 'arm64-v8a' | 'armeabi-v7a'): Promise<Code> {
  const bundled = await kotlin.bundled(stage, 'arm64-v8a')
  const phone = await startPhone(stage, { ...bundled, name: kotlin.newName() })
  const enrolled = await phone.ask('token')
  if (enrolled.error !== undefined) return codeOf(stage, enrolled)
  await phone.ask('close')
  const options = { ...(await kotlin.bundled(stage, second)), name: kotlin.newName() }
  const { folder, key_mint } = phone.described
  const changed = await startPhone(stage, options, { folder, key_mint })
  // It is not measured again until its token expires.
  await changed.ask('clock', { slept: 900_000 })
  return kotlin.callFrom(stage, changed)
}

/** The app on this iPhone, whose code in memory is patched. */
async function patchedOnIphone(stage: IosStage, options: { appId?: string } = {}): Promise<Code> {
  const app = (await stage.phone(options)).start()
  await app.ask('patch')
  return swift.call(stage, app)
}
