import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  claimsOf,
  codeOf,
  describePhone,
  keyOf,
  must,
  mustFail,
  mustSucceed,
  type Scenario,
  type Stage,
} from '../scenarios/scenario.ts'
import { packageFolder, updateId, type ReactNativeTools } from './tools.ts'
import { patched, renamed } from './update-bundles.ts'

/** A phone whose app runs this script, and reads its build from it. */
export async function startUpdated(stage: Stage, name: string, script: Buffer | undefined) {
  const { build, ...described } = await describePhone(stage.world, { name })
  const file = path.join(described.folder, 'update')
  if (script !== undefined) await writeFile(file, script)
  const loaded = script === undefined ? {} : { script: file }
  const start = { ...described, build, build_in_script: true, ...loaded }
  mustSucceed(await stage.program.ask(start))
  return { ask: (what: string, more: object = {}) => stage.program.ask({ do: what, phone: name, ...more }) }
}

/** As a release pipeline registers an update: laid out by `assay-update`, which says the command. */
export async function registerUpdate({ world }: Stage, script: string, key: string[] = [], apiKey?: string) {
  const out = path.join((await world.folderOf('update')).folder, 'out')
  const of = ['--app', world.app, '--base', world.build, '--base-format', 'apk', '--out', out, ...key]
  const program = path.join(packageFolder, 'metro/main.cjs')
  const { stdout } = await promisify(execFile)('node', [program, script, ...of])
  const [name, ...command] = stdout.trim().split(' ')
  must(name === 'assay', `it says ${stdout}`)
  await world.assay(command, apiKey)
}

/** Updates over the air: the loaded code is the measured code. */
export function updates({ update }: ReactNativeTools): readonly Scenario[] {
  return [
    {
      name: 'update-over-the-air',
      async play(stage) {
        const { world } = stage
        await registerUpdate(stage, update)
        const phone = await startUpdated(stage, 'updated', await readFile(update))
        const url = `${world.api.url}/v1/orders`
        must(mustSucceed(await phone.ask('fetch', { url }))['status'] === 200, 'the update is refused')
        const ofUpdate = await phone.ask('token')
        must(claimsOf(ofUpdate).build === updateId, 'the token is of another build')
        // It rolled back, and runs the package's own script again.
        mustSucceed(await phone.ask('reload'))
        const ofBase = await phone.ask('token', { force: true })
        must(claimsOf(ofBase).build === world.build, 'the token is of the update still')
        must(keyOf(ofBase) === keyOf(ofUpdate), 'it is another installation')
      },
    },
    {
      name: 'update-that-nobody-registered',
      async play(stage) {
        const phone = await startUpdated(
          stage,
          'unregistered-update',
          renamed(await readFile(update), '1.0.r9'),
        )
        const reply = await phone.ask('token')
        mustFail(reply, 'build_refused')
        must(reply['problem'] === 'build_not_registered', `the problem is ${String(reply['problem'])}`)
      },
    },
    {
      name: 'update-patched',
      async play(stage) {
        const phone = await startUpdated(stage, 'patched-update', patched(await readFile(update)))
        const reply = await phone.ask('token')
        mustFail(reply, 'attestation_denied')
        const code = await codeOf(stage, reply)
        must(code === 'SOFTWARE_SEGMENT_MISMATCH', `the code is ${code}`)
      },
    },
    {
      name: 'update-in-the-name-of-the-package',
      async play(stage) {
        const phone = await startUpdated(
          stage,
          'nameless-update',
          renamed(await readFile(update), stage.world.build),
        )
        const reply = await phone.ask('token')
        mustFail(reply, 'attestation_denied')
        const code = await codeOf(stage, reply)
        must(code === 'SOFTWARE_SEGMENT_MISMATCH', `the code is ${code}`)
      },
    },
    {
      name: 'update-with-provenance',
      async play(stage) {
        const { world } = stage
        const pipeline = ['--name', 'pipeline', '--app', world.app]
        const registering = JSON.parse(
          await world.assay(['key', 'add', ...pipeline, '--scope', 'registration', '--json']),
        ) as { secret: string }
        const key = path.join((await world.folderOf('pipeline')).folder, 'pipeline.pem')
        await writeFile(key, await world.assay(['key', 'add', ...pipeline, '--provenance']))
        const script = renamed(await readFile(update), '1.0.r3')
        const file = `${key}.bundle`
        await writeFile(file, script)
        await registerUpdate(stage, file, ['--provenance-key', key], registering.secret)
        const phone = await startUpdated(stage, 'vouched-update', script)
        mustSucceed(await phone.ask('token'))
        // The same from the same key, vouched for by nobody, waits for an admin.
        const other = renamed(await readFile(update), '1.0.r4')
        await writeFile(file, other)
        await registerUpdate(stage, file, [], registering.secret)
        const reply = await (await startUpdated(stage, 'pending-update', other)).ask('token')
        mustFail(reply, 'build_refused')
      },
    },
  ]
}
