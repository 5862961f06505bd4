import { setTimeout as pause } from 'node:timers/promises'
import { headerNames } from '@assay/protocol'
import { createApkSigner, forgeProof, rebuildApk, type Device, type DeviceOptions } from '@assay/testkit'
import { attempt } from '../row/attempt.ts'
import { outcomeOf, type Outcome, type Story } from '../row/row.ts'
import { app, type Stage } from '../stage/stage.ts'

/** Apps that are not the registered build: each is refused, and served once the tampered property is put right. */
export async function tamperedAppRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Apps that are not the registered build')
  const { release } = stage.apks
  const repackaged = await repackage(release)
  story.row('repackaged app', 'assay-software', 'refused', await callWith(stage, { apk: repackaged }))
  story.row(
    'repackaged app, its code put back',
    'assay-software',
    'served',
    await callWith(stage, { apk: release }),
  )

  const flipped = await rebuildApk(release, { variant: 'as-is', change: flipOneBit }, stage.signer)
  story.row(
    'one changed byte in 7 MB of code',
    'assay-software',
    'refused',
    await callWith(stage, { apk: flipped }),
  )
  const flippedBack = await rebuildApk(flipped, { variant: 'as-is', change: flipOneBit }, stage.signer)
  story.row('the byte changed back', 'assay-software', 'served', await callWith(stage, { apk: flippedBack }))
}

/** Builds that are debuggable, unknown or retired. */
export async function unregisteredBuildRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Builds that are not registered, or not any more')
  const file = stage.apks.published
  const refused = await stage.assay('build', 'add', file, '--app', app, '--id', 'debug', '--json')
  story.row('registering the debuggable build', 'assay-software', 'refused', registration(refused))
  const { release, successor } = stage.builds
  story.row(
    'device with the debuggable build',
    'assay-software',
    'refused',
    await callWith(stage, { build: 'debug' }),
  )
  story.row(
    'device with an unknown build',
    'assay-software',
    'refused',
    await callWith(stage, { build: '9.9.9' }),
  )
  story.row(
    'device with the registered build',
    'assay-software',
    'served',
    await callWith(stage, { build: release }),
  )

  const options = { apk: stage.apks.successor, build: successor }
  story.row(
    'a second build, before it is retired',
    'assay-software',
    'served',
    await callWith(stage, options),
  )
  const device = await stage.device(options)
  try {
    const { token } = await device.client.getToken(stage.apis.orders.url)
    const retired = await stage.assay('build', 'retire', successor, '--app', app, '--yes')
    if (retired.status !== 0) throw new Error(`The second build was not retired: ${retired.stderr}`)
    story.row('the second build, retired', 'assay-software', 'refused', await callWith(stage, options))
    const withOldToken = () => presentToken(stage, device, token)
    story.row('a token that it had before', 'assay-software', 'refused', await onceRefused(withOldToken))
  } finally {
    device.close()
  }
}

/** Milliseconds within which guards learn of a retired build: docs/status-list.md. */
const reachesGuards = 30_000

async function onceRefused(call: () => Promise<Outcome>): Promise<Outcome> {
  const end = performance.now() + reachesGuards
  for (;;) {
    const outcome = await call()
    if (outcome.status >= 400 || performance.now() >= end) return outcome
    await pause(500)
  }
}

/** Sends a request without the SDK, which would ask for a new token. */
async function presentToken({ apis }: Stage, { key }: Device, token: string): Promise<Outcome> {
  const url = `${apis.orders.url}/v1/orders`
  const headers = { [headerNames.attestation]: token, [headerNames.dpop]: forgeProof(key, 'GET', url) }
  return outcomeOf(await fetch(url, { headers }))
}

const callWith = (stage: Stage, options: Partial<DeviceOptions>): Promise<Outcome> =>
  attempt(stage.device(options), stage.apis.orders)

/** The service's answer, from the exit code and the JSON error of the CLI. */
function registration({ status, stderr }: { status: number; stderr: string }): Outcome {
  if (status === 0) return { status: 201, code: null }
  const line = stderr.split('\n').find((text) => text.startsWith('{')) ?? '{}'
  const { error } = JSON.parse(line) as { error?: { code: string } }
  return { status: 422, code: error?.code ?? null }
}

/** Repackages the app as anyone can: with changed code and a new key. */
async function repackage(apk: Buffer): Promise<Buffer> {
  const patch = (name: string, content: Buffer) =>
    name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
  return rebuildApk(apk, { variant: 'as-is', change: patch }, await createApkSigner('Repackager'))
}

function flipOneBit(name: string, content: Buffer): Buffer {
  if (name !== 'classes.dex') return content
  const changed = Buffer.from(content)
  const middle = Math.floor(changed.length / 2)
  changed[middle] = (changed[middle] as number) ^ 1
  return changed
}
