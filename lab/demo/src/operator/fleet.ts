import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AssayClientError } from '@assay/client'
import { createCliProcess, type Device, type FreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { Sqlite } from '@assay/testkit'
import { app, setStage, type Stage } from '../stage/stage.ts'
import type { Day } from './day.ts'

const quiet = { heading: () => undefined, say: () => undefined, row: () => undefined, rows: [] }
/** Milliseconds within which a ban reaches guards: docs/status-list.md. */
const reachesGuards = 30_000
const phonesApp = 'com.example.phones'

/** The same real app on devices and phones, and what its operator sees and does in a day. */
export async function fleetRows(day: Day): Promise<void> {
  const stage = await setStage(quiet)
  const orders = await startGuardedApi({
    ...{ issuer: stage.service.url, apps: [app], tiers: ['warning'] as const, statusMaxAge: 5 },
  })
  try {
    const operator = operatorOf(stage)
    await operator.assay('api', 'add', orders.url, '--app', app, '--tier', 'warning')
    const world = { stage, orders, day, ...operator }
    await numbers(world)
    await tried(world)
    await shadow(world)
    await enforced(world)
    await bannedAtTheGuard(world)
    await tampered(world)
  } finally {
    await orders.close()
    await stage.close()
  }
}

interface World extends ReturnType<typeof operatorOf> {
  stage: Stage
  orders: GuardedApi
  day: Day
}

function operatorOf(stage: Stage) {
  const assay = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await stage.assay(...args)
    if (status !== 0) throw new Error(`assay ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await assay(...args, '--json')) as T
  return { assay, json }
}

const device = ({ stage, orders }: World): Promise<Device> =>
  stage.device({ audiences: { [orders.url]: orders.url } })

/** The API's answer to the app on a device. */
async function call({ client }: Device, { url, decisions }: GuardedApi): Promise<string> {
  try {
    const { status } = await client.fetch(`${url}/v1/orders`)
    return status === 200 ? 'served' : `refused: ${decisions.at(-1)?.code ?? status}`
  } catch (error) {
    const { problem, code } = error as AssayClientError
    return `refused: ${problem ?? code}`
  }
}

interface Group {
  build: string
  code: string
  passed: number
  refused: number
}

const groupsOf = async ({ json }: World): Promise<Group[]> =>
  (await json<{ groups: Group[] }>('stats', '--since', '24h', '--by', 'build,code', '--app', app)).groups

async function numbers(world: World): Promise<void> {
  const { stage, orders, day } = world
  for (let i = 0; i < 2; i++) {
    const one = await device(world)
    await call(one, orders)
    one.close()
  }
  const passed = (await groupsOf(world)).filter((group) => group.passed > 0)
  day.row(
    'fleet numbers',
    `2 of ${stage.builds.release} passed`,
    passed.map((group) => `${group.passed} of ${group.build} passed`).join(', '),
  )
}

interface DryRun {
  installations: number
  refused: { count: number }
  reasons: { code: string; build: string }[]
}

const dryRunInWords = ({ installations, refused, reasons: [first] }: DryRun): string =>
  `${refused.count} of ${installations} refused${first === undefined ? '' : `: ${first.code}, build ${first.build}`}`

/** Tries a policy that is stricter than the real one on the devices, and on phones with hardware evidence. */
async function tried(world: World): Promise<void> {
  const { stage, day, assay, json } = world
  const document = {
    name: 'Next',
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [
      { when: "software.platform == 'android'", tier: 'warning' },
      { when: "software.platform == 'android'", tier: 'contraindicated', reason: 'X_TRIED' },
    ],
  }
  const file = await stage.file('next.json', Buffer.from(JSON.stringify(document)))
  await assay('policy', 'set', 'next', file)
  const test = (of: string, ...more: string[]) =>
    json<DryRun>('policy', 'test', 'next', '--against', '7d', '--app', of, ...more)
  const { release } = stage.builds
  day.row(
    'dry run over a sample',
    `2 of 2 refused: X_TRIED, build ${release}`,
    dryRunInWords(await test(app)),
  )
  const { android } = stage.phones.apis
  for (let i = 0; i < 2; i++) {
    const phone = await stage.phones.pixel()
    await phone.client.getToken(android.url)
    phone.close()
  }
  const phones = await test(phonesApp, '--audience', android.url)
  day.row('dry run over remembered phones', '2 of 2 refused', dryRunInWords(phones).split(':')[0] ?? '')
}

async function shadow(world: World): Promise<void> {
  const { orders, day, assay, json } = world
  await assay('app', 'update', app, '--shadow-policy', 'next')
  const one = await device(world)
  day.row('device under a shadow policy', 'served', await call(one, orders))
  one.close()
  const { groups } = await json<{ groups: { shadow?: { judged: number; refused: number } }[] }>(
    ...['stats', '--since', '24h', '--by', 'app', '--app', app],
  )
  const { judged = 0, refused = 0 } = groups[0]?.shadow ?? {}
  day.row('shadow policy', 'would refuse 1 of 1', `would refuse ${refused} of ${judged}`)
  await assay('app', 'update', app, '--no-shadow-policy')
}

/** Makes the tried policy the real one: the operator observes it, enforces it, and rolls it back. */
async function enforced(world: World): Promise<void> {
  const { stage, orders, day, assay, json } = world
  const fresh = async () => {
    const one = await device(world)
    try {
      await one.client.getToken(orders.url)
      return 'a token'
    } catch (error) {
      return `refused: ${(error as AssayClientError).problem}`
    } finally {
      one.close()
    }
  }
  await assay('api', 'update', orders.url, '--enforcement', 'observe', '--policy', 'next')
  day.row('new policy, observed', 'a token', await fresh())
  await assay('api', 'update', orders.url, '--enforcement', 'enforce')
  day.row('new policy, enforced', 'refused: attestation_denied', await fresh())
  const allowing = {
    name: 'Next, without the live code',
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [{ when: "software.platform == 'android'", tier: 'warning' }],
  }
  await assay(
    'policy',
    'set',
    'next',
    await stage.file('allowing.json', Buffer.from(JSON.stringify(allowing))),
  )
  day.row('new version of it', 'a token', await fresh())
  const { version } = await json<{ version: number }>('policy', 'rollback', 'next', '--to', '1', '--yes')
  day.row('rolled back', 'version 3 refused: attestation_denied', `version ${version} ${await fresh()}`)
  await assay('api', 'update', orders.url, '--no-policy')
}

/** A device whose key no hardware vouches for holds a token when it is banned. */
async function bannedAtTheGuard(world: World): Promise<void> {
  const { orders, day, assay } = world
  const [one, other] = [await device(world), await device(world)]
  try {
    day.row('device before its ban', 'served', await call(one, orders))
    await call(other, orders)
    await assay(
      'ban',
      'add',
      '--app',
      app,
      '--key',
      one.key.thumbprint,
      '--note',
      'scraper',
      '--expires-in',
      '30d',
    )
    const end = performance.now() + reachesGuards
    let seen = await call(one, orders)
    while (seen === 'served' && performance.now() < end) {
      await pause(500)
      seen = await call(one, orders)
    }
    day.row('ban of a software key, at the guard', 'refused: TOKEN_BANNED', seen)
    const renewed = await one.client
      .getToken(orders.url, { forceRefresh: true })
      .then(() => 'a token')
      .catch((error: AssayClientError) => `refused: ${error.problem}`)
    day.row('ban of a software key, at the service', 'refused: attestation_denied', renewed)
    day.row('device that nobody banned', 'served', await call(other, orders))
    const isCounted = (await groupsOf(world)).some(
      ({ code, refused }) => code === 'INSTALLATION_BANNED' && refused > 0,
    )
    day.row('refusals of the fleet', 'INSTALLATION_BANNED', isCounted ? 'INSTALLATION_BANNED' : 'none')
  } finally {
    for (const each of [one, other]) each.close()
  }
}

/**
 * Somebody who has the database but not the sealing key changes the actor of an audit entry. The service reads the whole log
 * when it is first asked and at most once an hour, so the change shows at the first look after a restart.
 */
async function tampered({ stage, day }: World): Promise<void> {
  const cli = createCliProcess()
  const verify = async ({ env }: FreshService) => {
    const { status, stderr } = await cli.run(['audit', 'verify'], env)
    return status === 0 ? 'whole' : (/\[([A-Z_]+)\]/.exec(stderr)?.[1] ?? stderr)
  }
  day.row('audit log', 'whole', await verify(stage.service))
  const database = new Sqlite(path.join(stage.service.env['ASSAY_DATA'] ?? '', 'assay.sqlite'))
  database.prepare("update audit_entries set key_name = 'somebody else' where action = 'ban.add'").run()
  database.close()
  const restarted = await stage.service.restart()
  try {
    day.row('audit log that was tampered with', 'CLI_AUDIT_BROKEN', await verify(restarted))
  } finally {
    await restarted.stop()
  }
}
