import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { codeOf, describePhone, mustSucceed, reportedBy, startPhone, type Stage } from '@assay/phones/android'
import { headerNames } from '@assay/protocol'
import { readZip } from '@assay/testkit'
import type { Code } from '../attack/sdks.ts'
import { allCodes, sendToApi } from './attempt.ts'
import { attempt, changed, named, newName } from './kotlin.ts'

const { attestation, dpop } = headerNames
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
  return reply.error === undefined
    ? sendToApi(stage.world.api, named(reply as Readonly<Record<string, string>>, attestation, dpop))
    : codeOf(stage, reply)
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
  return sendToApi(stage.world.api, value.headers)
}

const madeUp = JSON.stringify({ value: { headers: { 'OAuth-Client-Attestation': 'a.b.c', DPoP: 'a.b.c' } } })
const replacing = `__turboModuleProxy('Assay').proof = () => Promise.resolve(${JSON.stringify(madeUp)})`

/** A line of JavaScript more. */
export const bundlePatched = {
  attack: async (stage: Stage) => allCodes([await changed(bundle, more)(stage), await loaded(stage, more)]),
  twin: async (stage: Stage) => allCodes([await attempt(stage), await loaded(stage, (script) => script)]),
}

/** The app calls a native module that a script has put in the place of the genuine one. */
export const moduleReplaced = {
  attack: (stage: Stage) => byScript(stage, replacing),
  twin: (stage: Stage) => byScript(stage),
}

/**
 * A script that the app has loaded calls the native module as the app does, and is served: `docs/attacks.md` says what comes of it. It needs
 * the bridge of React Native, which the other drivers do not have, and so is no row of the catalogue.
 */
export const foreignScript = {
  id: 'foreign-script',
  expected: null,
  attack: (stage: Stage) => byScript(stage),
  twin: (stage: Stage) => attempt(stage),
}
