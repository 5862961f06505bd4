import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { orders, type Situation } from '../ios/situation.ts'
import { setIosStage, type IosStage, type SimulatedPhone } from '../ios/stage.ts'
import { playEach, type Played } from '../scenarios/play-each.ts'
import { startOverSwift, type HermesOverSwift } from './hermes-over-swift.ts'
import { packageFolder, type ReactNativeTools } from './tools.ts'
import { patched, renamed } from './update-bundles.ts'

/** An app in React Native on an iPhone, from Hermes through the bridge of Swift to the guard. */
type OnIphone = (
  start: (phone: SimulatedPhone, script?: Buffer) => Promise<HermesOverSwift>,
) => readonly Situation[]

const situations: OnIphone = (start) => [
  {
    name: 'iphone-is-served-in-four-crossings',
    async run(stage) {
      const app = await start(await stage.phone())
      assert.equal((await app.ask('fetch', orders(stage)))['status'], 200)
      assert.ok(app.crossings.length <= 4, app.crossings.join())
      assert.equal((await app.ask('status'))['state'], 'attested')
    },
  },
  {
    name: 'iphone-misuse',
    async run(stage) {
      const app = await start(await stage.phone())
      assert.equal((await app.ask('token', { audience: 'https://other.example' })).error, 'misuse')
      const request = { method: 'GET', url: 'https://other.example/' }
      assert.equal((await app.ask('proof', { request })).error, 'misuse')
      assert.equal((await app.ask('token')).error, undefined)
    },
  },
  {
    name: 'iphone-reload',
    async run(stage) {
      const app = await start(await stage.phone())
      const { token } = await app.ask('token')
      await app.reload()
      assert.equal((await app.ask('token'))['token'], token)
    },
  },
  {
    name: 'iphone-reset-and-log',
    async run(stage) {
      const app = await start(await stage.phone())
      const { token } = await app.ask('token')
      assert.equal((await app.ask('reset')).error, undefined)
      assert.notEqual((await app.ask('token'))['token'], token)
      assert.ok(((await app.ask('log'))['lines'] as string[]).length > 0)
      await app.ask('close')
      assert.equal((await app.ask('token')).error, 'closed')
    },
  },
]

const updates = (update: Buffer): OnIphone => {
  return (start) => [
    {
      name: 'iphone-update-over-the-air',
      async run(stage) {
        await registerUpdate(stage, update)
        const app = await start(await stage.phone(), update)
        assert.equal((await app.ask('fetch', orders(stage)))['status'], 200)
      },
    },
    {
      name: 'iphone-update-that-nobody-registered',
      async run(stage) {
        const app = await start(await stage.phone(), renamed(update, '1.0.r9'))
        const { error, problem } = await app.ask('token')
        assert.deepEqual([error, problem], ['build_refused', 'build_not_registered'])
      },
    },
    {
      name: 'iphone-update-patched',
      async run(stage) {
        const app = await start(await stage.phone(), patched(update))
        const { error, trace } = await app.ask('token')
        assert.equal(error, 'attestation_denied')
        assert.equal(await stage.codeOf(String(trace)), 'SOFTWARE_SEGMENT_MISMATCH')
      },
    },
  ]
}

const never = () => Promise.reject(new Error('nothing is started for a name'))

/** What is played on an iPhone. */
export const iphoneNames: readonly string[] = [...situations(never), ...updates(Buffer.alloc(0))(never)].map(
  ({ name }) => name,
)

async function registerUpdate(stage: IosStage, update: Buffer) {
  const folder = await mkdtemp(path.join(stage.folder, 'update-'))
  const [file, out] = [path.join(folder, 'main.jsbundle'), path.join(folder, 'out')]
  await writeFile(file, update)
  const of = ['--app', stage.build.app, '--base', stage.build.id, '--base-format', 'ipa', '--out', out]
  const { stdout } = await promisify(execFile)('node', [
    path.join(packageFolder, 'metro/main.cjs'),
    file,
    ...of,
  ])
  await stage.assay(stdout.trim().split(' ').slice(1))
}

/**
 * @param program `assay-react-native`, built
 * @param words those whose names hold them
 */
export async function playOnIphone(
  tools: ReactNativeTools,
  program: string,
  words = '',
): Promise<readonly Played[]> {
  const stage = await setIosStage(program, await readFile(tools.bundle))
  const running: HermesOverSwift[] = []
  const start = async (phone: SimulatedPhone, script?: Buffer) => {
    const bundle =
      script === undefined
        ? tools.bundle
        : path.join(await mkdtemp(path.join(stage.folder, 'script-')), 'script')
    if (script !== undefined) await writeFile(bundle, script)
    const { build: _, ...others } = phone.described
    // An update says by itself of which build it is.
    const described = script === undefined ? phone.described : { ...others, script: bundle }
    const app = startOverSwift({ hermes: tools.hermes, bundle, program, described, env: phone.env })
    running.push(app)
    return app
  }
  try {
    const all = [...situations(start), ...updates(await readFile(tools.update))(start)]
    const asked = all.filter(({ name }) => name.includes(words))
    return await playEach(asked, (situation) => situation.run(stage))
  } finally {
    for (const app of running) await app.kill()
    await stage.close()
  }
}
