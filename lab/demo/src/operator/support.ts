import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { memoryImage, type AssayClientError } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import type { AllowEntry, CreatedApiKey, Installation } from '@assay/protocol/schemas'
import { createSoftwareKey, keyStoreOf } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.desk'
const other = 'com.example.ledger'
const script = Buffer.from("console.log('desk')\n")

/** A user complains with a trace; support finds the phone, sees why, and lets it through for a day. */
export async function supportRows(stage: OperatorStage, day: Day): Promise<void> {
  const orders = await startGuardedApi({
    issuer: stage.service.url,
    apps: [app],
    tiers: ['affirming'],
    allowListed: true,
  })
  try {
    const world = await registered(stage, orders)
    await helped(world, day)
  } finally {
    await orders.close()
  }
}

type World = Awaited<ReturnType<typeof registered>>

async function registered({ cli, service, folder }: OperatorStage, orders: GuardedApi) {
  const assay = async (line: string, key = service.env['ASSAY_API_KEY']) => {
    const env = { ...service.env, ASSAY_API_KEY: key ?? '' }
    return cli.run(line.split(' '), env)
  }
  const json = async <T>(line: string, key?: string): Promise<T> => {
    const { status, stdout, stderr } = await assay(`${line} --json`, key)
    if (status !== 0) throw new Error(`assay ${line}: ${stderr}`)
    return JSON.parse(stdout) as T
  }
  const site = path.join(folder, 'desk')
  await mkdir(site, { recursive: true })
  await writeFile(path.join(site, 'app.js'), script)
  for (const id of [app, other]) await json(`app add ${id} --platform web`)
  // Only hardware could be `affirming`: every browser is refused.
  await json(`api add ${orders.url} --app ${app} --tier affirming`)
  await json(`build add ${site} --app ${app} --id 1.0.0`)
  const { secret } = await json<CreatedApiKey>(
    `key add --name desk --scope support --app ${app} --let-through`,
  )
  return { assay, json, orders, service, support: secret }
}

/** The user opens the app: what they get, and the trace that it shows them. */
async function opened(
  { service, orders }: World,
  key: ReturnType<typeof createSoftwareKey>,
): Promise<{ answer: string; trace: string }> {
  const client = createNodeClient({
    endpoints: [service.url],
    ...{ app, build: '1.0.0' },
    audiences: { [orders.url]: orders.url },
    image: memoryImage([{ name: 'app.js', kind: 'script', bytes: script }]),
    keyStore: keyStoreOf(key),
  })
  try {
    const { status } = await client.fetch(`${orders.url}/v1/orders`)
    return { answer: status === 200 ? 'served' : `refused: ${orders.decisions.at(-1)?.code}`, trace: '' }
  } catch (error) {
    const { problem, code, trace = '' } = error as AssayClientError
    return { answer: `refused: ${problem ?? code}`, trace }
  } finally {
    client.close()
  }
}

async function helped(world: World, day: Day): Promise<void> {
  const { assay, json, orders, support } = world
  const key = createSoftwareKey()
  const { answer, trace } = await opened(world, key)
  day.row('user who complains', 'refused: attestation_denied', answer)
  const shown = await json<Installation>(`installation show --trace ${trace}`, support)
  day.row('support, by the trace', key.thumbprint, shown.key)
  const [why] = shown.refusals
  day.row(
    'support sees why',
    '1 × SOFTWARE_ONLY, by the policy',
    `${why?.times} × ${why?.code}, ${byWhom(shown)}`,
  )
  const let_through = `installation let-through --trace ${trace} --audience ${orders.url}`
  const entry = await json<AllowEntry>(`${let_through} --note ticket-4711`, support)
  const hours = Math.round((Date.parse(entry.expires_at) - Date.parse(entry.created_at)) / 3_600_000)
  day.row('support lets it through', '24 h, as warning', `${hours} h, as ${entry.tier}`)
  day.row('user, on the phone still', 'served', (await opened(world, key)).answer)
  const { entries } = { entries: await json<AllowEntry[]>(`allow list --app ${app}`) }
  day.row('operator sees it', 'ticket-4711', entries.map(({ note }) => note).join())
  const { stderr } = await assay(`installation list --app ${other}`, support)
  day.row('support, at another app', 'scope_insufficient', /\[(\w+)\]/.exec(stderr)?.[1] ?? 'nothing')
}

const byWhom = ({ let_through: [first] }: Installation): string =>
  first === undefined ? 'before any policy' : 'by the policy'
