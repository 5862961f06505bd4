import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { memoryImage } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import {
  canMountDisk,
  createGoogleCa,
  createGoogleMock,
  mountSmallDisk,
  startFreshService,
  startPostgres,
  writeTestVendors,
  type FreshService,
} from '@assay/testkit'
import type { Day } from './day.ts'
import { firstPage, hasPromtool, type Series } from './first-page.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.rehearsal'
const audience = 'https://rehearsal.example.com'
const script = Buffer.from("console.log('rehearsal')\n")

type Environment = Readonly<Record<string, string>>

/** A command of a runbook, and what its output names where it is the cause. */
type Step = readonly [line: string, cause: RegExp]

interface Incident {
  name: string
  /** Samples as Prometheus would have read them; none: no metric shows the incident, and nobody is paged. */
  series: readonly Series[]
  /** In the order of its runbook; the last names the cause. */
  steps: readonly Step[]
  /** Makes it happen to a real service. @returns the environment for the commands; undefined: not possible here */
  play: () => Promise<Environment | undefined>
}

const attestations = (labels: string, before: number, from: number): Series => ({
  name: `assay_attestations_total{app="${app}",${labels}}`,
  before,
  from,
})
const gauge = (name: string, before: number, from: number): Series => ({
  name,
  before: [before],
  from: [from],
})

/**
 * Nine incidents, each made to happen to a real service: minutes from the symptom to the page, by the real expressions and
 * the clock of promtool, and commands of the runbook from the page to the cause.
 */
export async function rehearsalRows(stage: OperatorStage, day: Day): Promise<void> {
  const { cli } = stage
  if (!hasPromtool()) {
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error('promtool is missing')
    process.stderr.write('  not run: rehearsals, promtool is missing\n')
    return
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-rehearsals-'))
  const ends: (() => Promise<unknown> | void)[] = [() => rm(folder, { recursive: true, force: true })]
  const started = async (args: readonly string[] = []): Promise<FreshService> => {
    const service = await startFreshService(cli, args)
    ends.unshift(() => service.stop())
    await registered(service.env)
    return service
  }
  const assay = async (line: string, env: Environment) => (await cli.succeed(line.split(' '), env)).stdout
  const site = path.join(folder, 'site')
  await mkdir(site)
  await writeFile(path.join(site, 'app.js'), script)
  const registered = async (env: Environment) => {
    await assay(`app add ${app} --platform web`, env)
    await assay(`api add ${audience} --app ${app} --tier warning`, env)
    await assay(`build add ${site} --app ${app} --id 1.0.0`, env)
  }
  try {
    let shared: FreshService | undefined
    const usual = async () => (shared ??= await started())
    for (const { name, series, steps, play } of incidentsOf()) {
      const env = await play()
      if (env === undefined) {
        process.stderr.write(`  not run: ${name}, this machine lacks what it needs\n`)
        continue
      }
      const page = series.length === 0 ? undefined : firstPage(series)
      let commands = 0
      let isNamed = false
      for (const [line, cause] of steps) {
        commands++
        const { stdout, stderr } = await cli.run(line.split(' '), env)
        isNamed = cause.test(stdout + stderr)
        if (isNamed) break
      }
      const paged = page === undefined ? 'nobody is paged' : `${page.alert} pages after ${page.minutes} min`
      const named = isNamed
        ? `${commands} ${commands === 1 ? 'command' : 'commands'} to the cause`
        : 'no cause'
      const isGood = isNamed && (series.length === 0 ? page === undefined : (page?.minutes ?? 99) <= 6)
      const actual = `${paged}, ${named}`
      day.row(`rehearsal: ${name}`, isGood ? actual : 'a page within 6 min, and a cause', actual)
    }

    function incidentsOf(): Incident[] {
      return [
        googleAway(),
        badRelease(),
        badClock(),
        appLimit(),
        registrationKey(),
        adminKey(),
        fullDisk(),
        frozen(),
        policy(),
      ]
    }

    function googleAway(): Incident {
      return {
        name: 'Google away, and a restart',
        series: [
          attestations('outcome="passed"', 100, 60),
          attestations('outcome="malfunction",code="VENDOR_UNREACHABLE"', 0, 40),
        ],
        steps: [['doctor', /VENDOR_[A-Z]+/]],
        async play() {
          const mock = await createGoogleMock()
          const file = path.join(folder, 'vendors.json')
          await writeTestVendors(file, { google: createGoogleCa(), mock })
          const service = await startFreshService(cli, ['--test-vendors', file])
          await assay(`app add ${app} --platform android`, service.env)
          const settings = path.join(folder, 'evidence.json')
          await writeFile(
            settings,
            JSON.stringify({ android_key_attestation: { enrolments_per_day: { device: 5, batch: 1000 } } }),
          )
          await assay(`app update ${app} --evidence ${settings}`, service.env)
          await mock.close()
          const again = await service.restart()
          ends.unshift(() => again.stop())
          return again.env
        },
      }
    }

    function badRelease(): Incident {
      return {
        name: 'bad release',
        series: [
          attestations('outcome="passed"', 100, 90),
          attestations('outcome="refused",code="SOFTWARE_SEGMENT_MISMATCH"', 0, 10),
          gauge(`assay_build_refused_since_passed{app="${app}",build="1.0.0"}`, 0, 30),
        ],
        steps: [[`stats --by build,code --app ${app}`, /1\.0\.0.*SOFTWARE_SEGMENT_MISMATCH/]],
        async play() {
          const { env, url } = await usual()
          await attest(url, Buffer.from("console.log('of another build')\n"))
          return env
        },
      }
    }

    function badClock(): Incident {
      return {
        name: 'clock of the service ten minutes ahead',
        series: [
          {
            name: 'assay_guard_decisions_total{job="assay-guard",outcome="admitted",code=""}',
            before: 600,
            from: 60,
          },
          {
            ...{
              name: 'assay_guard_decisions_total{job="assay-guard",outcome="refused",code="TOKEN_NOT_YET_VALID"}',
            },
            ...{ before: 0, from: 540 },
          },
        ],
        steps: [['doctor', /DOCTOR_CLOCK_DIFFERENCE/]],
        async play() {
          // The machine of the guard, where the runbook has `doctor` run, is as far behind as the service is ahead.
          const behind = `data:text/javascript,${encodeURIComponent('const now = Date.now; Date.now = () => now() - 600000')}`
          return { ...(await usual()).env, NODE_OPTIONS: `--import ${behind}` }
        },
      }
    }

    function appLimit(): Incident {
      return {
        name: 'limit of the app',
        series: [
          attestations('outcome="passed"', 1000, 1000),
          { name: `assay_requests_unserved_total{app="${app}",code="LIMIT_APP"}`, before: 0, from: 400 },
        ],
        steps: [
          ['stats --by code --outcome unserved', /LIMIT_APP/],
          ['explain LIMIT_APP', /--limit|ASSAY_LIMIT/],
        ],
        async play() {
          const { env, url } = await started(['--limit', 'app=1/3600'])
          for (let i = 0; i < 3; i++) await attest(url, script)
          return env
        },
      }
    }

    function registrationKey(): Incident {
      return {
        name: 'leaked registration key',
        series: [],
        steps: [['audit list --action build.add --since 1h', /pipeline/]],
        async play() {
          const { env } = await usual()
          const made = await assay(`key add --name pipeline --scope registration --app ${app} --json`, env)
          const { secret } = JSON.parse(made) as { secret: string }
          await cli.run(['build', 'add', site, '--app', app, '--id', '6.6.6'], {
            ...env,
            ASSAY_API_KEY: secret,
          })
          return env
        },
      }
    }

    function adminKey(): Incident {
      return {
        name: 'leaked admin key',
        series: [],
        steps: [
          ['audit list --since 1h', /night shift/],
          ['key list', /night shift/],
        ],
        async play() {
          const { env } = await usual()
          const made = await cli.succeed(
            ['key', 'add', '--name', 'night shift', '--scope', 'admin', '--json'],
            env,
          )
          const { secret } = JSON.parse(made.stdout) as { secret: string }
          await assay(`app update ${app} --name taken`, { ...env, ASSAY_API_KEY: secret })
          return env
        },
      }
    }

    function fullDisk(): Incident {
      return {
        name: 'full disk',
        series: [gauge('assay_ready{instance="a",part="database"}', 1, 0)],
        steps: [['doctor', /STORAGE_FULL/]],
        async play() {
          if (!canMountDisk()) return undefined
          const disk = await mountSmallDisk(path.join(folder, 'disk'), 64)
          ends.unshift(() => disk.unmount())
          const env = await places('disk', disk.folder)
          const running = await cli.serve(env)
          ends.unshift(() => running.stop())
          disk.fill()
          return { ...env, ASSAY_URL: running.url }
        },
      }
    }

    function frozen(): Incident {
      return {
        name: 'frozen database',
        series: [gauge('assay_ready{instance="a",part="database"}', 1, 0)],
        steps: [['doctor', /STORAGE_NOT_ANSWERING/]],
        async play() {
          const postgres = await startPostgres()
          if (postgres === undefined) return undefined
          ends.unshift(() => postgres.stop())
          const env = await places('frozen', folder, { ASSAY_POSTGRES: postgres.connectionString })
          const running = await cli.serve(env)
          ends.unshift(async () => {
            postgres.thaw()
            await running.stop()
          })
          postgres.freeze()
          return { ...env, ASSAY_URL: running.url }
        },
      }
    }

    function policy(): Incident {
      return {
        name: 'policy mistake',
        series: [
          {
            name: 'assay_guard_decisions_total{job="assay-guard",outcome="admitted",code=""}',
            before: 600,
            from: 0,
          },
          {
            ...{
              name: 'assay_guard_decisions_total{job="assay-guard",outcome="refused",code="TIER_NOT_ADMITTED"}',
            },
            ...{ before: 0, from: 600 },
          },
          gauge(`assay_build_refused_since_passed{app="${app}",build="1.0.0"}`, 0, 600),
        ],
        steps: [
          [`stats --by build,code --app ${app}`, /X_MISTAKE.*policy/],
          ['audit list --since 1h', /policy\.put/],
        ],
        async play() {
          const { env, url } = await usual()
          const file = path.join(folder, 'mistake.json')
          const rule = { when: "software.platform == 'web'", tier: 'contraindicated', reason: 'X_MISTAKE' }
          const required = [{ claim: 'evidence.software.measured', one_of: [true] }]
          await writeFile(file, JSON.stringify({ name: 'Mistake', required, rules: [rule] }))
          await assay(`policy set mistake ${file}`, env)
          await assay(`app update ${app} --policy mistake`, env)
          await attest(url, script)
          return env
        },
      }
    }

    /** A folder that `assay init` has set up, for a service that is started by hand. */
    async function places(name: string, within = folder, more: Environment = {}): Promise<Environment> {
      const env = {
        ...more,
        ASSAY_DATA: path.join(within, `data-${name}`),
        ASSAY_SEALING_KEY_FILE: path.join(folder, `${name}.key`),
      }
      const { stdout } = await cli.succeed(['init', '--json'], env)
      return { ...env, ASSAY_API_KEY: (JSON.parse(stdout) as { admin_key: string }).admin_key }
    }
  } finally {
    for (const end of ends) await end()
  }
}

/** One attestation of a device that measures these bytes as build 1.0.0; whether it gets a token is the rehearsal's. */
async function attest(endpoint: string, bytes: Buffer): Promise<void> {
  const client = createNodeClient({
    endpoints: [endpoint],
    ...{ app, build: '1.0.0' },
    audiences: { [audience]: audience },
    image: memoryImage([{ name: 'app.js', kind: 'script', bytes }]),
  })
  await client.getToken(audience).catch(() => undefined)
  client.close()
}
