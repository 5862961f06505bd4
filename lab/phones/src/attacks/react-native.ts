import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readZip } from '@assay/testkit'
import {
  codeOf,
  describePhone,
  mustSucceed,
  startPhone,
  reportedBy,
  type Stage,
} from '../scenarios/scenario.ts'
import { androidAttacks, changed } from './android.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { attempt, newName } from './attempt.ts'

const bundle = 'assets/index.android.bundle'
const more = (script: Buffer) => Buffer.concat([script, Buffer.from(';globalThis.stolen=1')])

/** The app has loaded this from outside the package, as an update over the air is; by its id it is the build in the package. */
async function loaded(stage: Stage, change: (script: Buffer) => Buffer): Promise<Code> {
  const name = newName()
  const described = await describePhone(stage.world, { name })
  const inPackage = (await readZip(stage.world.apk)).find((entry) => entry.name === bundle)
  if (inPackage === undefined) throw new Error('there is no bundle in the package')
  const script = path.join(described.folder, 'update')
  await writeFile(script, change(Buffer.from(inPackage.content)))
  mustSucceed(await stage.program.ask({ ...described, script }))
  const reply = await stage.program.ask({
    do: 'sign',
    phone: name,
    method: 'GET',
    url: `${stage.world.api.url}/v1/orders`,
  })
  return reply.error === undefined ? send(stage.world.api, headersIn(reply)) : codeOf(stage, reply)
}

/** A script in the app signs a request with the native module, without the SDK's wrapper. */
async function byScript(stage: Stage, before = ''): Promise<Code> {
  const phone = await startPhone(stage, { name: newName() })
  const url = `${stage.world.api.url}/v1/orders`
  // The client is made by the app's own first call.
  mustSucceed(await phone.ask('token'))
  const request = JSON.stringify({ handle: 'assay-1', method: 'GET', url, heedsRedirect: true })
  const tell = "nativeHost.tell({ event: { name: 'stolen', answer } })"
  const script = `${before};__turboModuleProxy('Assay').proof(${JSON.stringify(request)}).then((answer) => ${tell})`
  await phone.ask('eval', { script })
  const stolen = await reportedBy(
    phone,
    (events) => events.find(({ name }) => name === 'stolen'),
    'the script got no answer',
  )
  const { value } = JSON.parse(stolen['answer'] as string) as { value: { headers: Record<string, string> } }
  return send(stage.world.api, value.headers)
}

function headersIn(reply: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const { 'OAuth-Client-Attestation': token, DPoP } = reply as Record<string, string>
  return { 'OAuth-Client-Attestation': token ?? '', DPoP: DPoP ?? '' }
}

const madeUp = JSON.stringify({ value: { headers: { 'OAuth-Client-Attestation': 'a.b.c', DPoP: 'a.b.c' } } })
const replacing = `__turboModuleProxy('Assay').proof = () => Promise.resolve(${JSON.stringify(madeUp)})`

const unchanged = (script: Buffer) => script

/** Attacks that JavaScript adds. */
export const scriptAttacks: readonly SdkAttack<Stage>[] = [
  {
    id: 'bundle-patched',
    expected: 'SOFTWARE_SEGMENT_MISMATCH',
    attack: async (stage) => allOf([await changed(bundle, more)(stage), await loaded(stage, more)]),
    twin: async (stage) => allOf([await attempt(stage), await loaded(stage, unchanged)]),
  },
  {
    id: 'module-replaced',
    expected: 'PROOF_MALFORMED',
    attack: (stage) => byScript(stage, replacing),
    twin: (stage) => byScript(stage),
  },
  {
    id: 'foreign-script',
    expected: null,
    attack: (stage) => byScript(stage),
    twin: (stage) => attempt(stage),
  },
]

/** Attacks in which JavaScript over the bridge takes part: those of the Kotlin SDK, and its own. */
export const reactNativeAttacks: readonly SdkAttack<Stage>[] = [...androidAttacks, ...scriptAttacks]
