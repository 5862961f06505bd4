import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { startPostgres, startValkey } from '@assay/testkit'
import { Redis } from 'iovalkey'
import { openDatabase } from '../../apps/service/dist/storage/index.js'
import { createAppRepository } from '../../apps/service/dist/storage/repositories/apps.repository.js'
import { createInstallationRepository } from '../../apps/service/dist/storage/repositories/installations.repository.js'
import { createEvidencePacking } from '../../apps/service/dist/storage/database/evidence-packing.js'
import { packingWords } from '../../apps/service/dist/composition/packing-words.js'
import { checkConfig, checkForm, createValkeyMeter, Secrets } from '@assay/proxy'
import { sql } from 'kysely'

const cpu = { unit: 'µs of CPU' }
const grown = {
  unit: '×',
  of: ({ ratio }) => ratio,
  what: 'time a phone waits, a million installations ÷ 10,000',
}
const memory = (what) => ({ unit: 'MB', what: `resident size ${what}` })

const ofProcess = (fact, what) => ({ ...cpu, row: 'attest.process', of: ({ facts }) => facts[fact], what })

/** Rows of `npm run bench -- --json` that the page shows. The arithmetic uses the first row, the evidence and the storage. */
const shown = {
  'attest.process': { ...cpu, what: 'all of `assay serve`, 32 devices at once, no two alike' },
  'attest.process.alone': ofProcess('oneAtATime', 'the same, one device at a time'),
  'attest.process.started': ofProcess('firstTogether', 'the first 320 of a process, 32 at once'),
  'attest.process.first': ofProcess('firstOneAtATime', 'the first 64 of a process, one device at a time'),
  'evidence.app-attest-assertion': cpu,
  'storage.installation': {
    unit: 'bytes',
    what: 'an installation with its indexes, without claims and receipt, on the store that takes more',
  },
  'attest.software': { ...cpu, what: 'the service alone, 32 devices at once that are all alike' },
  'growth.installations': grown,
  'growth.installations.sqlite': grown,
  'service.memory': memory('of an idle service'),
  'service.memory.builds': memory('with 10,000 builds in use'),
  'service.memory.load': memory('under load, at most'),
}

/** Rows of the bench that the page shows. */
export function fromBench({ rows }) {
  return Object.entries(shown).flatMap(([id, { unit, what, row: from = id, of = ({ value }) => value }]) => {
    const row = rows.find((each) => each.id === from)
    const by = `\`npm run bench\`, \`${from}\`${what === undefined ? '' : `: ${what}`}`
    return row === undefined ? [] : [{ id, value: of(row), unit, by }]
  })
}

/** Measures the stores on this machine. */
export async function measure() {
  return [...(await measureValkey()), ...(await measureAccounts()), ...(await measurePostgres())]
}

const uses = 300_000

/** Writes keys that do not exist yet and that expire: to the server, each is a use. */
async function measureValkey() {
  const valkey = await startValkey({ settings: ['--maxmemory-policy', 'noeviction'] })
  try {
    const info = async (section, field) =>
      Number(new RegExp(`${field}:([\\d.]+)`).exec(await valkey.command('info', section))?.[1])
    const cpu = async () => (await info('cpu', 'used_cpu_user')) + (await info('cpu', 'used_cpu_sys'))
    const memory = await info('memory', 'used_memory')
    const begun = await cpu()
    const key = '{use:__rand_int__}abcdefghijklmnopqrstuv'
    execFileSync(
      'valkey-benchmark',
      [
        ...['-p', String(valkey.port), '-c', '32', '-n', String(uses), '-r', '1000000000', '-q'],
        ...['set', key, '0123456789', 'nx', 'px', '180000'],
      ],
      { stdio: 'ignore' },
    )
    const spent = (await cpu()) - begun
    const bytes = ((await info('memory', 'used_memory')) - memory) / uses
    return [
      {
        id: 'valkey.use',
        value: tenths((spent * 1e6) / uses),
        unit: 'µs of CPU',
        by: '`--measure`: `SET … NX PX`, 32 callers, including receiving and answering',
      },
      {
        id: 'valkey.use.bytes',
        value: Math.round(bytes),
        unit: 'bytes',
        by: '`--measure`: memory of a use',
      },
    ]
  } finally {
    await valkey.stop()
  }
}

const installations = 20_000
const callers = 16

/** The accounts of a proxy in Valkey: installations, each with a limit of requests and one of cost. */
export async function measureAccounts() {
  const valkey = await startValkey({ settings: ['--maxmemory-policy', 'noeviction'] })
  const client = new Redis(valkey.port, '127.0.0.1')
  try {
    const memory = async () => Number(/used_memory:(\d+)/.exec(await valkey.command('info', 'memory'))?.[1])
    const meter = createValkeyMeter({
      rules: meteredRoute().meterRules,
      audience: 'https://llm.example.com',
      client,
      clock: Date.now,
      process: 'measured',
      schedule: () => () => undefined,
    })
    const use = async (number) => {
      const installation = createHash('sha256').update(String(number)).digest('base64url')
      const caller = { installation, app: 'com.example.app', holderKey: 'hardware', tier: 'affirming' }
      const reservation = await meter.reserve({ route: 'chat', caller, address: '192.0.2.1' })
      if (!reservation.ok) throw new Error(reservation.code)
      reservation.end('complete')
    }
    await use(-1)
    await meter.close()
    const before = await memory()
    for (let at = 0; at < installations; at += callers)
      await Promise.all(Array.from({ length: callers }, (_, i) => use(at + i)))
    await meter.close()
    const value = Math.round(((await memory()) - before) / installations)
    const by =
      '`--measure`: an account of the proxy: an installation with a limit of requests and one of cost, of one route'
    return [{ id: 'valkey.account.bytes', value, unit: 'bytes', by }]
  } finally {
    client.disconnect()
    await valkey.stop()
  }
}

function meteredRoute() {
  const meter = {
    installation: { requests: ['60/hour'], cost: ['200000/day'] },
    cost: { member: '/usage/total_tokens', reserve: { fixed: 1_000 } },
  }
  const route = {
    name: 'chat',
    methods: ['POST'],
    path: '/v1/chat',
    upstream: 'https://api.example.com',
    meter,
  }
  const inject = { fields: { authorization: { environment: 'KEY' } } }
  const about = { issuer: 'https://attest.example.com', audience: 'https://llm.example.com' }
  const files = { version: () => '', read: () => '' }
  const secrets = new Secrets({ files, env: { KEY: 'sk-of-the-sizing-0001' }, onEvent: () => undefined })
  const form = { ...about, apps: ['com.example.app'], tiers: ['affirming'], routes: [{ ...route, inject }] }
  return checkConfig(checkForm(form), secrets)
}

/** Enrols installations and refreshes them, through the repository of the service. */
async function measurePostgres() {
  const server = await startPostgres()
  if (server === undefined) throw new Error('PostgreSQL is not installed')
  try {
    const database = await openDatabase({
      kind: 'postgres',
      connectionString: server.connectionString,
      maxConnections: callers,
    })
    try {
      return await measureInstallations(database)
    } finally {
      await database.close()
    }
  } finally {
    await server.stop()
  }
}

async function measureInstallations(database) {
  const app = 'com.example.app'
  await createAppRepository(database).insert({
    ...{ id: app, platform: 'ios', name: 'Example', package: app, signers: [], store_signers: [] },
    ...{ upload_signers: [], teams: [], min_version_code: 0, probes: [] },
    ...{
      optional_evidence: [],
      evidence_since: {},
      unvouched_per_day: null,
      remedies: [],
      evidence: {},
      policy: null,
    },
    created_at: '2026-11-25T01:02:03.004Z',
  })
  const repository = createInstallationRepository(database, createEvidencePacking(database.db, packingWords))
  const name = (text) => createHash('sha256').update(text).digest('base64url')
  const key = { kty: 'EC', crv: 'P-256', x: name('x'), y: name('y') }
  const now = Date.now()
  const timed = async (work) => {
    const begun = await cpuOfServer(database)
    let next = 0
    const caller = async () => {
      while (next < installations) await work(next++)
    }
    await Promise.all(Array.from({ length: callers }, caller))
    return (await cpuOfServer(database)) - begun
  }
  const ownAtFirst = process.cpuUsage()
  const enrolling = await timed((i) =>
    repository.enrol(
      {
        ...{ app, thumbprint: name(`device ${i}`), versionCode: 7, abi: undefined, holderKey: 'vouched' },
        vouchingKey: { kind: 'app-attest-key', id: name(`key ${i}`) },
        ...{ isVouchedAnew: true, perDay: undefined, unvouchedPerDay: undefined },
        ...{
          evidence: [],
          assertion: { key, counter: 0 },
          saidDevice: null,
          receipt: undefined,
          binding: name(`first ${i}`),
          names: [i],
        },
      },
      now,
    ),
  )
  const ofEnrolments = process.cpuUsage(ownAtFirst)
  await sql`vacuum analyze`.execute(database.db)
  const own = process.cpuUsage()
  const seconds = await timed(async (i) => {
    const thumbprint = name(`device ${i}`)
    const refreshment = {
      app,
      thumbprint,
      versionCode: 7,
      counter: 1,
      binding: name(`second ${i}`),
      abi: undefined,
    }
    const recalled = await repository.recall(app, thumbprint, refreshment, now)
    if (recalled?.isRecorded !== true) throw new Error('the refresh was not recorded')
  })
  const { user, system } = process.cpuUsage(own)
  const each = (micros) => tenths(micros / installations)
  return [
    {
      id: 'postgres.enrolment',
      value: each(enrolling * 1e6),
      unit: 'µs of CPU',
      by: `\`--measure\`: of the server, for writing a new installation with its names, ${callers} connections`,
    },
    {
      id: 'node.enrolment',
      value: each(ofEnrolments.user + ofEnrolments.system),
      unit: 'µs of CPU',
      by: '`--measure`: of a node, for the same work',
    },
    {
      id: 'postgres.refresh',
      value: tenths((seconds * 1e6) / installations),
      unit: 'µs of CPU',
      by: `\`--measure\`: of the server, for reading an installation, its ban and its limits, and writing its counter, ${callers} connections`,
    },
    {
      id: 'node.refresh',
      value: tenths((user + system) / installations),
      unit: 'µs of CPU',
      by: '`--measure`: of a node, for the same work',
    },
  ]
}

/** Seconds of CPU of all processes of the server that have not ended. */
async function cpuOfServer({ db }) {
  const { rows } = await sql`select pg_backend_pid() as pid`.execute(db)
  const fieldsOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  const server = fieldsOf(rows[0].pid)[1]
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = fieldsOf(pid)
      if (fields[1] === server || pid === server) ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It has ended since.
    }
  }
  return ticks / 100
}

function tenths(value) {
  return Math.round(value * 10) / 10
}
