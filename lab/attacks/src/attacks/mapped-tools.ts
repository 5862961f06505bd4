import type { IosStage } from '@assay/phones/ios'
import { toolNamed } from '@assay/protocol'
import type { Attack } from '../attack/attack.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import { noMeasurement, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { allOf, everyOf, type Outcome } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

/** Files that are mapped as code in the process of an app, on each platform. */
interface Mapped {
  readonly android: readonly string[]
  readonly ios: readonly string[]
}

const installed = '/data/app/~~Vg7mQ2x1n0Kc9w==/com.tgifridays.mobile-Qm2k8T4b7w=='
const bundle = '/private/var/containers/Bundle/Application/0C9F5B0A/InspectorGadget.app'

/** Apps whose names, and those of their libraries, hold that of a tool. */
const named: Mapped = {
  android: [
    `${installed}/oat/arm64/base.odex`,
    `${installed}/lib/arm64/libfriday.so`,
    `${installed}/lib/arm64/libsubstratesdk.so`,
  ],
  ios: [
    `${bundle}/InspectorGadget`,
    `${bundle}/Frameworks/GadgetKit.framework/GadgetKit`,
    `${bundle}/Frameworks/SubstrateSdk.framework/SubstrateSdk`,
  ],
}

/** The gadget where whoever repackages an app puts it. */
const gadget: Mapped = {
  android: [`${installed}/lib/arm64/libfrida-gadget.so`],
  ios: [`${bundle}/Frameworks/FridaGadget.dylib`],
}

const tool: Mapped = {
  android: ['/memfd:frida-agent-64.so (deleted)'],
  ios: ['/usr/lib/frida/frida-agent.dylib'],
}

/** Calls of the apps on phones of both kinds, whose probes answer as those of the SDKs do of these files. */
async function onPhones(world: World, mapped: Mapped): Promise<Outcome[]> {
  const answers = (platform: keyof Mapped, probe: string) => {
    const found = mapped[platform].map((path) => toolNamed(platform, path))
    return { answers: { [probe]: [...new Set(found.filter((each) => each !== undefined))].join(',') } }
  }
  const { native } = world
  return [
    await tryDevice(world, native.android(answers('android', 'android.hooks')), native.orders),
    await tryDevice(world, native.ios(answers('ios', 'ios.injected')), native.orders),
  ]
}

const together = (one: Mapped, other: Mapped): Mapped => ({
  android: [...one.android, ...other.android],
  ios: [...one.ios, ...other.ios],
})

/** Where the phone of a JVM has the app. */
const simulated = '/data/app/com.example'

/** Frameworks that no probe takes for foreign, either. */
const ofTheSystem = ['GadgetKit', 'SubstrateSdk', 'FridayKit'].map(
  (name) => `/System/Library/PrivateFrameworks/${name}.framework/${name}`,
)

async function gadgetOnIphone(stage: IosStage) {
  const phone = await stage.phone()
  const app = phone.start({ injected: [`${phone.bundle}/Frameworks/FridaGadget.dylib`] })
  try {
    return await swift.call(stage, app)
  } finally {
    await app.kill()
  }
}

/** Hooking tools under the names that they ship with, and apps that are called like them. */
export const mappedTools: readonly Attack[] = [
  {
    id: 'app-named-like-a-tool',
    sdks: {
      kotlin: {
        attack: (stage) => kotlin.attempt(stage, { mapped: [...named.android, ...tool.android] }),
        twin: (stage) => kotlin.attempt(stage, { mapped: named.android }),
      },
      swift: {
        attack: (stage) => swift.attempt(stage, {}, { injected: [...ofTheSystem, ...tool.ios] }),
        twin: (stage) => swift.attempt(stage, {}, { injected: ofTheSystem }),
      },
    },
    title: 'A hooking tool is in the process of an app that is called like one',
    oat: 'OAT-014',
    method:
      "Frida's agent beside libraries such as `libfriday.so` and `GadgetKit`, in apps such as `com.tgifridays.mobile` and `InspectorGadget.app`; twin: the same apps without the tool, which no name locks out",
    expected: onlyAssay(noMeasurement, refusedWith('CODE_INJECTED')),
    run: {
      assay: async (world) => ({
        attack: allOf(await onPhones(world, together(named, tool))),
        twin: everyOf(await onPhones(world, named)),
      }),
    },
  },
  {
    id: 'gadget-in-the-apps-folder',
    sdks: {
      kotlin: (stage) => kotlin.attempt(stage, { mapped: [`${simulated}/lib/arm64/libfrida-gadget.so`] }),
      swift: gadgetOnIphone,
    },
    title: "Frida's gadget lies among the app's own libraries, and a pristine copy is measured",
    oat: 'OAT-014',
    method:
      'under the name that it ships with: a folder excuses none. Under another name it is not found (`driven-and-hidden`)',
    expected: onlyAssay(noMeasurement, refusedWith('CODE_INJECTED')),
    run: {
      assay: async (world) => ({
        attack: allOf(await onPhones(world, together(named, gadget))),
        twin: everyOf(await onPhones(world, named)),
      }),
    },
  },
  {
    id: 'apk-patched-in-memory',
    // A JVM has no memory of an APK to patch: nothing of it reaches the SDK, as in a release build.
    sdks: { kotlin: (stage) => kotlin.attempt(stage), swift: 'android-only' },
    title: 'The code of an APK is patched in memory on a rooted phone',
    oat: 'OAT-014',
    method:
      'the app is as the store delivered it, so that hardware vouches for it and its files are measured; a release build may not read the memory that it runs in, and `android.text` finds nothing there',
    expected: onlyAssay(noMeasurement, through),
    run: {
      assay: async (world) => ({
        attack: await tryDevice(
          world,
          world.native.android({ answers: { 'android.text': '' } }),
          world.native.orders,
        ),
      }),
    },
  },
]
