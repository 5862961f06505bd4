import { AssayClientError, memoryImage, type EvidenceSource, type MemorySegment } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import { apkSegments, createApkSigner, readZip, rebuildApk, type ApkSigner } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { atEachLevel, noMeasurement, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { findSecrets } from '../kinds/stolen.ts'
import { sdkInThread } from '../kinds/sdk-in-thread.ts'
import { evidenceOf } from '../kinds/tampered-app.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { call, outcomeOfError } from '../world/call.ts'
import { shop, type World } from '../world/world.ts'

const hidden = 'assets/pristine.bin'

interface Patched {
  apk: Buffer
  signer: ApkSigner
  /** What it carries along to be measured. */
  copy: readonly MemorySegment[]
}

const made = new WeakMap<Buffer, Promise<Patched>>()

/** The patched app, on a device that gives `evidence`, shows the SDK what it carries. */
const measureCopy = (world: World, { copy }: Patched, evidence: readonly EvidenceSource[]) =>
  tryDevice(world, world.device({ apk: memoryImage(copy), evidence }))

/** The SDK is changed, surrounded or replaced while the app runs. */
export const deceivedSdk: readonly Attack[] = [
  sdkInThread({
    id: 'sdk-patched-in-memory',
    sdks: without('shown-source'),
    title: "A function of the SDK is patched in the app's memory",
    oat: 'OAT-020',
    method:
      "over the debugger's protocol the check of plans is made to return at once; the bytes read are pristine",
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    treatment: 'patched',
  }),
  sdkInThread({
    id: 'sdk-patched-and-hidden',
    sdks: without('shown-source'),
    title: 'The same, and the functions that show source are patched too',
    oat: 'OAT-020',
    method: 'each function, the showing one included, is shown as it was before',
    expected: onlyAssay(noMeasurement, through),
    treatment: 'patched-and-hidden',
  }),
  sdkInThread({
    id: 'live-code-left-out',
    sdks: without('shown-source'),
    title: 'The SDK is patched to report that this engine shows no source',
    oat: 'OAT-020',
    method: 'in memory; the build is for an engine that does',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_LIVE_CODE')),
    treatment: 'sourceless',
  }),
  sdkInThread({
    id: 'crypto-hooked',
    sdks: without('shown-source'),
    title: "The platform's function for signing is hooked",
    oat: 'OAT-020',
    method: 'after the SDK has started; as a hook that lifts keys and signatures would be',
    expected: onlyAssay(noMeasurement, refusedWith('CRYPTO_HOOKED')),
    treatment: 'crypto-hooked',
  }),
  sdkInThread({
    id: 'driven',
    sdks: {
      kotlin: (stage) => kotlin.attempt(stage, { states: ['MONKEY'] }),
      // iPhones have no probe for automation; what drives the app is injected.
      swift: {
        attack: (stage) => swift.attempt(stage, {}, { injected: ['/tmp/FridaGadget.dylib'] }),
        code: 'CODE_INJECTED',
      },
    },
    title: 'Automation drives the genuine app',
    oat: 'OAT-009',
    method: 'with what a driver leaves behind in the page',
    expected: onlyAssay(noMeasurement, refusedWith('AUTOMATION')),
    treatment: 'driven',
  }),
  sdkInThread({
    id: 'driven-and-hidden',
    sdks: { kotlin: (stage) => kotlin.attempt(stage), swift: (stage) => swift.attempt(stage) },
    title: 'The same, with probes that find nothing',
    oat: 'OAT-009',
    method: 'the attacker answers what is asked about the environment',
    expected: onlyAssay(noMeasurement, through),
    treatment: 'driven-and-hidden',
  }),
  {
    id: 'pristine-copy',
    sdks: {
      kotlin: kotlin.resigned,
      // The app of another team is what an APK with another signer is.
      swift: {
        attack: (stage) => swift.attempt(stage, { appId: swift.otherTeam }),
        code: 'APP_ATTEST_APP_ID',
      },
    },
    title: 'A patched app measures a pristine copy of itself',
    oat: 'OAT-020',
    method: 'the repackaged APK holds the released one as an asset, and the SDK is given its bytes to read',
    expected: atEachLevel(through, through, through, refusedWith('ANDROID_KEY_SIGNER')),
    run: {
      unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
      'embedded-secret': async (world) => {
        const [secret = ''] = await findSecrets((await patched(world)).apk)
        return { attack: await call(world.apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }) }
      },
      assay: async (world) => ({ attack: await measureCopy(world, await patched(world), []) }),
      'assay-hardware': async (world) => {
        const app = await patched(world)
        return {
          attack: await measureCopy(world, app, evidenceOf(world, app.signer)),
          twin: await tryDevice(world, world.device()),
        }
      },
    },
  },
  {
    id: 'sdk-headless',
    sdks: {
      // The program is the SDK without the app, on a JVM: nothing there vouches for a key.
      kotlin: (stage) => kotlin.attempt(stage, { attestsKey: false }),
      swift: swift.attemptWithout,
    },
    title: 'The SDK runs without the app, over a copy of it',
    oat: 'OAT-005',
    method: "a Node script uses the public SDK as it is; its reader reads the APK's file",
    expected: onlyAssay(noMeasurement, through, refusedWith('HARDWARE_EVIDENCE_MISSING')),
    run: {
      assay: async (world) => ({
        attack: await runHeadless(world),
        twin: await tryDevice(world, world.device()),
      }),
    },
  },
]

/** A patched app that carries the released one along. */
async function patch(release: Buffer): Promise<Patched> {
  const change = (name: string, content: Buffer) =>
    name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
  const signer = await createApkSigner('Repackager')
  const apk = await rebuildApk(release, { variant: 'as-is', change, put: { [hidden]: release } }, signer)
  const carried = (await readZip(apk)).find(({ name }) => name === hidden)
  if (carried === undefined) throw new Error('the copy is not in the app')
  return { apk, signer, copy: await apkSegments(carried.content) }
}

/** Made once of a released app: it is the same at every level. */
function patched({ apks: { release } }: World): Promise<Patched> {
  const app = made.get(release) ?? patch(release)
  made.set(release, app)
  return app
}

async function runHeadless(world: World): Promise<Attempt['attack']> {
  const { service, apps, builds, apis, apks } = world
  const client = createNodeClient({
    endpoints: [service],
    app: apps.android,
    build: builds.release.id,
    audiences: { [apis.orders.url]: apis.orders.url },
    image: async () => memoryImage(await apkSegments(apks.release)),
  })
  try {
    const headers = await client.proof({ method: 'GET', url: apis.orders.url + shop.orders })
    return await call(apis.orders, { headers: { ...headers } })
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return await outcomeOfError(error, world)
  } finally {
    client.close()
  }
}
