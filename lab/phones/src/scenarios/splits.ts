import { readZip, writeZip } from '@assay/testkit'
import type { InstalledFiles } from '../android/world.ts'
import {
  claimsOf,
  codeOf,
  must,
  mustSucceed,
  startPhone,
  type PhoneOptions,
  type Scenario,
  type Stage,
} from './scenario.ts'

type Files = Required<InstalledFiles>

/** Runs the app on a phone with these files. `undefined` if its API serves it, otherwise the reason of the refusal. */
async function call(stage: Stage, name: string, files: Files): Promise<string | undefined> {
  const { app, build, phones } = stage.world.bundled
  const phone = await startPhone(stage, { name, app, build, files, hardware: phones.pixel() })
  const reply = await phone.ask('token')
  if (reply.error !== undefined) return codeOf(stage, reply)
  must(claimsOf(reply).holder_key === 'hardware', 'the key is not in hardware')
  mustSucceed(await phone.ask('token', { force: true }))
  const { status } = await phone.ask('fetch', { url: `${stage.world.api.url}/v1/orders` })
  return status === 200 ? undefined : `the API answered ${String(status)}`
}

async function patched(split: Buffer, wanted: string): Promise<Buffer> {
  const entries = await readZip(split)
  must(
    entries.some(({ name }) => name === wanted),
    `there is no ${wanted} to patch`,
  )
  return writeZip(
    entries.map(({ name, content, stored }) => {
      const bytes = Buffer.from(content)
      if (name === wanted) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
      return { name, content: bytes, stored }
    }),
  )
}

const native = 'split_config.arm64_v8a.apk'
const feature = 'split_checkout.apk'

const withSplit = ({ base, splits }: Files, name: string, content: Buffer): Files => ({
  base,
  splits: { ...splits, [name]: content },
})

function without({ base, splits }: Files, name: string): Files {
  return { base, splits: Object.fromEntries(Object.entries(splits).filter(([each]) => each !== name)) }
}

/** The same app with one of its files other than it was delivered: refused with `code`, and served as it was. */
const tampered = (
  name: string,
  code: string,
  change: (files: Files) => Promise<Files> | Files,
): Scenario => ({
  name,
  async play(stage) {
    const files = await stage.world.bundled.installed('arm64-v8a')
    const found = await call(stage, name, await change(files))
    must(found === code, `${found ?? 'it was served'} instead of ${code}`)
    const twin = await call(stage, `${name}-twin`, files)
    must(twin === undefined, `as it was delivered, it is refused: ${twin}`)
  },
})

const resources = async () => ({
  'split_config.en.apk': await writeZip([
    { name: 'resources.arsc', content: Buffer.from('en'), stored: true },
  ]),
})

/** A phone without native code from splits, which is served. */
const served = (
  name: string,
  optionsOf: (world: Stage['world']) => Promise<Omit<PhoneOptions, 'name'>> | Omit<PhoneOptions, 'name'>,
): Scenario => ({
  name,
  async play(stage) {
    const phone = await startPhone(stage, { name, ...(await optionsOf(stage.world)) })
    claimsOf(await phone.ask('token'))
    const { status } = await phone.ask('fetch', { url: `${stage.world.api.url}/v1/orders` })
    must(status === 200, `the API answered ${String(status)}`)
  },
})

const plain = ({ bundled: { app, plain } }: Stage['world'], splits: InstalledFiles['splits'] = {}) => ({
  app,
  build: plain.build,
  files: { base: plain.base, splits },
  hardware: plain.phones.pixel(),
})

/** An app that is registered as a bundle, and installed as a store's splits of it. */
export const splits: readonly Scenario[] = [
  ...(['arm64-v8a', 'armeabi-v7a'] as const).map((abi) => ({
    name: `installed-from-splits-${abi}`,
    async play(stage: Stage) {
      const code = await call(stage, `splits-${abi}`, await stage.world.bundled.installed(abi))
      must(code === undefined, `it is refused: ${code}`)
    },
  })),
  served('installed-from-splits-without-native-code', async (world) => plain(world, await resources())),
  // No split is left where a bundle turns them all off.
  served('installed-from-a-bundle-as-one-file', (world) => ({ ...plain(world), abi: 'arm64-v8a' })),
  served('installed-from-splits-and-registered-as-one-file', async ({ apk }) => ({
    files: { base: apk, splits: await resources() },
    abi: 'none',
  })),
  tampered('base-of-splits-patched', 'SOFTWARE_SEGMENT_MISMATCH', async (files) => ({
    ...files,
    base: await patched(files.base, 'classes.dex'),
  })),
  tampered('split-of-a-feature-patched', 'SOFTWARE_SEGMENT_MISMATCH', async (files) =>
    withSplit(files, feature, await patched(files.splits[feature] as Buffer, 'classes.dex')),
  ),
  tampered('split-with-native-code-patched', 'SOFTWARE_SEGMENT_MISMATCH', async (files) =>
    withSplit(files, native, await patched(files.splits[native] as Buffer, 'lib/arm64-v8a/libapp.so')),
  ),
  tampered('foreign-split-added', 'SOFTWARE_SEGMENTS', async (files) =>
    withSplit(files, 'split_hook.apk', files.splits[feature] as Buffer),
  ),
  tampered('foreign-split-in-the-name-of-the-base', 'SOFTWARE_SEGMENTS', async (files) => {
    const hook = { name: 'lib/arm64-v8a/libhook.so', content: Buffer.from('hook'), stored: true }
    return withSplit(files, 'split_config.xxhdpi.apk', await writeZip([hook]))
  }),
  // The plan reads every segment, so the SDK first notices that one is missing.
  tampered('split-of-a-feature-missing', 'sdk:plan_refused', (files) => without(files, feature)),
  tampered('split-with-native-code-missing', 'sdk:plan_refused', (files) => without(files, native)),
]
