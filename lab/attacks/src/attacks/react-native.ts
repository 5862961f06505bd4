import { without } from '../attack/sdks.ts'
import { bundlePatched, moduleReplaced } from '../drivers/hermes.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noMeasurement, noToken, onlyAssay, refusedWith } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { call, present } from '../world/call.ts'
import type { World } from '../world/world.ts'

const script = 'base/assets/index.android.bundle'

const onPhone = async ({ native, ...world }: World): Promise<Outcome> =>
  tryDevice({ native, ...world }, native.android(), native.orders)

/**
 * Apps whose screens are JavaScript: what that adds to an app in native code. A script that calls the bridge as the app does
 * needs the bridge: it is carried out with the SDK alone.
 */
export const reactNative: readonly Attack[] = [
  {
    id: 'bundle-patched',
    sdks: { ...without('react-native'), hermes: bundlePatched },
    title: 'The bundle of an app in React Native is patched, in the package or as an update over the air',
    oat: 'OAT-014',
    method:
      'a line of JavaScript more in what the phone loads and measures; all else is as it was registered',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    run: {
      assay: async (world) => {
        const installed = await world.native.installed('arm64-v8a')
        const segments = installed.map((segment) =>
          segment.name === script
            ? { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.from('steal()\n')]) }
            : segment,
        )
        return {
          attack: await tryDevice(world, world.native.android({ segments }), world.native.orders),
          twin: await onPhone(world),
        }
      },
    },
  },
  {
    id: 'module-replaced',
    sdks: { ...without('react-native'), hermes: moduleReplaced },
    title: 'A script replaces the native module with its own, and invents token and proof',
    oat: 'OAT-002',
    method: 'the app sends what the module gives it; the API takes nobody’s word but the service’s',
    expected: onlyAssay(noToken, refusedWith('PROOF_MALFORMED')),
    run: {
      assay: async (world) => ({
        attack: await call(world.native.orders, { headers: present('a.b.c', 'a.b.c') }),
        twin: await onPhone(world),
      }),
    },
  },
]
