import { createSoftwareKey, keyStoreOf } from '@assay/testkit'
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
import type { HardwareWorld, World } from '../world/world.ts'

type Options = Parameters<World['native']['android']>[0]

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
    withoutSdk: ['android-only'],
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
    withoutSdk: ['android-only'],
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
    id: 'key-outside-keystore',
    withoutSdk: ['key-outside-hardware'],
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
    withoutSdk: ['ios-only'],
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
    withoutSdk: ['ios-only'],
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
