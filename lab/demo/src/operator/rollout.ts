import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { memoryImage, type AssayClientError } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import type { InstallationStats, Rollout } from '@assay/protocol/schemas'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.ticket'
/** Users of each build and OS version. */
const users = 10

const scriptOf = (build: string) => Buffer.from(`console.log('ticket ${build}')\n`)

/** A new build refuses one OS version: the page says which, whom, and that it is not safe to enforce. */
export async function rolloutRows({ cli, service, folder }: OperatorStage, day: Day): Promise<void> {
  const json = async <T>(...args: string[]): Promise<T> => {
    const { status, stdout, stderr } = await cli.run([...args, '--json'], service.env)
    if (status !== 0) throw new Error(`assay ${args.join(' ')}: ${stderr}`)
    return JSON.parse(stdout) as T
  }
  const orders = await startGuardedApi({ issuer: service.url, apps: [app], tiers: ['warning'] })
  try {
    await json('app', 'add', app, '--platform', 'web')
    await json('api', 'add', orders.url, '--app', app, '--tier', 'warning')
    for (const build of ['1.0.0', '1.1.0']) {
      const site = path.join(folder, `ticket-${build}`)
      await mkdir(site, { recursive: true })
      await writeFile(path.join(site, 'app.js'), scriptOf(build))
      await json('build', 'add', site, '--app', app, '--id', build)
    }
    const open = (build: string, version: number) => opened({ service, orders }, build, version)
    for (let user = 0; user < users; user++) for (const version of [15, 16]) await open('1.0.0', version)
    day.row('last build, Android 15 and 16', 'served', await open('1.0.0', 16))
    const seen: string[] = []
    for (let user = 0; user < users; user++)
      seen.push(`${await open('1.1.0', 15)}; ${await open('1.1.0', 16)}`)
    day.row('new build, Android 15; 16', 'served; refused: attestation_denied', [...new Set(seen)].join())
    shown(await json<Rollout>('rollout', app), day)
    const by = await json<InstallationStats>(
      ...['stats', '--count', 'installations', '--by', 'os_version', '--app', app],
    )
    const refused = by.groups.filter((group) => group.refused > 0)
    day.row(
      'users refused, by OS version',
      `Android 16: ${users}`,
      refused.map((group) => `${group.os_version}: ${group.refused}`).join(),
    )
  } finally {
    await orders.close()
  }
}

function shown({ build, previous, os_versions, safe_to_enforce }: Rollout, day: Day): void {
  day.row(
    'roll-out, against the last build',
    `1.1.0 refuses ${users} of ${2 * users}, 1.0.0 refuses 0 of ${2 * users + 1}`,
    [build, previous].map((one) => `${one?.build} refuses ${one?.refused} of ${one?.reached}`).join(', '),
  )
  day.row(
    'roll-out says why',
    `${users} × SOFTWARE_SEGMENT_MISMATCH`,
    build?.reasons.map(({ code, installations }) => `${installations} × ${code}`).join() ?? 'nothing',
  )
  const [worst] = os_versions
  day.row(
    'roll-out says which OS version',
    `Android 16, ${users} refused`,
    `${worst?.os_version}, ${worst?.refused} refused`,
  )
  const doubt = safe_to_enforce.doubts.find(({ kind }) => kind === 'os_version')
  day.row('safe to enforce', 'no: Android 16', `${safe_to_enforce.is_safe ? 'yes' : 'no'}: ${doubt?.of}`)
}

/** A user opens the app on a phone whose system changes what the new build loads. */
async function opened(
  { service, orders }: { service: OperatorStage['service']; orders: GuardedApi },
  build: string,
  version: number,
): Promise<string> {
  const isChanged = build === '1.1.0' && version === 16
  const bytes = isChanged ? Buffer.concat([scriptOf(build), Buffer.from('// system\n')]) : scriptOf(build)
  const agent = `Dalvik/2.1.0 (Linux; U; Android ${version}; Pixel 9 Build/BP4A.260105.004)`
  const client = createNodeClient({
    endpoints: [service.url],
    ...{ app, build },
    audiences: { [orders.url]: orders.url },
    image: memoryImage([{ name: 'app.js', kind: 'script', bytes }]),
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('user-agent', agent)
      return fetch(input, { ...init, headers })
    },
  })
  try {
    const { status } = await client.fetch(`${orders.url}/v1/orders`)
    return status === 200 ? 'served' : `refused: ${orders.decisions.at(-1)?.code}`
  } catch (error) {
    const { problem, code } = error as AssayClientError
    return `refused: ${problem ?? code}`
  } finally {
    client.close()
  }
}
