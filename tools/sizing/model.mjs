/**
 * The arithmetic of docs/sizing.md: it computes machines from measurements and from assumptions about devices.
 * `rows.json` holds every measurement; everything else is an assumption, and an option of the command.
 */

/** The assumptions: value, unit, meaning. An option of the command replaces each value. */
export const assumptions = {
  sessions: [4, 'sessions a day', 'Sessions of a device that is in use on that day'],
  minutes: [5, 'minutes', 'Mean length of a session'],
  lifetime: [300, 's', 'Lifetime of a token (the default of `token_lifetime`)'],
  peak: [2.2, '×', 'Busiest minutes ÷ mean of the day, with a morning and an evening peak'],
  hardware: [0.5, '', 'Share of attestations with hardware evidence'],
  load: [0.5, '', 'Target utilisation at the peak; the rest is headroom for failures'],
  evidence: [4_000, 'bytes', 'Claims and receipt stored per installation with hardware evidence'],
  enrolment: [
    3.4,
    '×',
    'CPU of an enrolment with hardware evidence ÷ that of a software attestation: 2.9 (App Attest) to 3.4 (Android)',
  ],
  databaseCores: [16, 'cores', 'Largest PostgreSQL server'],
  corePrice: [25, '€ a month', 'Price of a core with 4 GB of memory'],
  storagePrice: [0.12, '€ a month', 'Price of a GB of database storage, with its replica and backups'],
}

const day = 86_400

/** Attestations of one session: one at its start, and one for each half life of a token that ends within it. */
export function attestationsOfSession({ minutes, lifetime }) {
  // Sessions last exponentially long: the expected number of whole half lives within one.
  const q = Math.exp(-lifetime / 2 / (minutes * 60))
  return 1 + q / (1 - q)
}

/** Microseconds of CPU of a node for one attestation: of its whole process, with what hardware evidence adds. */
function cpuOfAttestation(rows, { hardware }) {
  return rows['attest.process'] + hardware * (rows['evidence.app-attest-assertion'] + rows['node.refresh'])
}

/** Attestations a second at which a part has no CPU left, the least first: that part is what limits first. */
export function limitsOf(rows, given = valuesOf(assumptions)) {
  const { hardware, databaseCores } = given
  const parts = [
    { part: 'node', perSecond: 1e6 / cpuOfAttestation(rows, given) },
    { part: 'database', perSecond: (databaseCores * 1e6) / (hardware * rows['postgres.refresh']) },
    { part: 'shard', perSecond: 1e6 / rows['valkey.use'] },
  ]
  return parts.sort((a, b) => a.perSecond - b.perSecond)
}

/**
 * What installations need.
 *
 * @param devices installations that are in use on a day
 * @param rows measured values by id
 */
export function sizeOf(devices, rows, given = valuesOf(assumptions)) {
  const { hardware, load, databaseCores } = given
  const perDay = given.sessions * attestationsOfSession(given)
  const mean = (devices * perDay) / day
  const busiest = mean * given.peak
  const cpu = cpuOfAttestation(rows, given)
  const atLoad = (micros) => (busiest * micros) / 1e6 / load
  const cores = atLoad(cpu)
  const needed = Math.max(1, Math.ceil(cores))
  const isOne = needed === 1 && devices <= 1e5
  const writes = busiest * hardware
  const bytes = devices * hardware * (rows['storage.installation'] + given.evidence)
  // Each use stays in memory for as long as a challenge is valid, and a minute more.
  const valkeyMemory = busiest * 180 * rows['valkey.use.bytes']
  const shards = isOne ? 0 : Math.max(1, Math.ceil(atLoad(rows['valkey.use'])))
  const databaseUse = isOne ? 0 : Math.max(2, Math.ceil(atLoad(hardware * rows['postgres.refresh'])))
  const databases = Math.ceil(databaseUse / databaseCores)
  // One spare node is included; each Valkey shard and database has a replica.
  const nodes = isOne ? 1 : needed + 1
  const paidCores = nodes + 2 * shards + 2 * databaseUse
  const cost = paidCores * given.corePrice + (bytes / 1e9) * given.storagePrice
  const costPerMillion = (cost / devices) * 1e6
  return {
    ...{ devices, perDay, mean, busiest, cpu, cores, nodes, shards, databaseUse, databases, writes, bytes },
    ...{ valkeyMemory, paidCores, cost, costPerMillion },
  }
}

/** The quotas of one network that a service has by default, requests a minute: `defaultLimits` of its configuration. */
export const quotas = { challenges: 6_000, network: 12_000 }

/**
 * Installations in use behind one network at which it needs more than its quotas in the busiest minutes. An attestation is two
 * requests, of which one is for a challenge. In thousands: the assumptions are no more exact than that.
 */
export function mostBehindOneNetwork(given = valuesOf(assumptions)) {
  const perMinute = (given.sessions * attestationsOfSession(given) * given.peak) / 1_440
  const most = Math.min(quotas.challenges, quotas.network / 2) / perMinute
  return Math.floor(most / 1_000) * 1_000
}

/** The quota of one app that a service has by default, requests a minute, on all nodes together. */
export const appQuota = 60_000

/** Requests above the usual when everybody comes back at once after an outage: the multiple for which the page shows the limit. */
export const afterOutage = 5

/** Installations in use at which one app needs its whole quota in the busiest minutes, and those at which it does after an outage. */
export function mostOfOneApp(given = valuesOf(assumptions)) {
  const perMinute = (given.sessions * attestationsOfSession(given) * given.peak) / 1_440
  const floor = (devices) => Math.floor(devices / 10_000) * 10_000
  return { peak: floor(appQuota / perMinute), afterOutage: floor(appQuota / perMinute / afterOutage) }
}

/** A launch: so many phones enrol within an hour, and what they need at the target utilisation. */
export function launchOf(phones, rows, given = valuesOf(assumptions)) {
  const perSecond = phones / 3_600
  const cores = (perSecond * given.enrolment * rows['attest.process']) / 1e6 / given.load
  const database = (perSecond * rows['postgres.enrolment']) / 1e6 / given.load
  return { phones, perSecond, cores, database, isBeyondAppQuota: perSecond * 60 > appQuota }
}

/** The share of each limit that so many installations use at their peak, the first to be reached first. */
export function usedOf(devices, rows, given = valuesOf(assumptions)) {
  const { busiest, nodes, shards } = sizeOf(devices, rows, given)
  const used = [
    { part: 'app', share: (busiest * 60) / appQuota },
    {
      part: 'database',
      share: (busiest * given.hardware * rows['postgres.refresh']) / 1e6 / given.databaseCores,
    },
    { part: 'shard', share: (busiest * rows['valkey.use']) / 1e6 / Math.max(1, shards) },
    { part: 'node', share: (busiest * cpuOfAttestation(rows, given)) / 1e6 / nodes },
  ]
  return used.sort((a, b) => b.share - a.share)
}

export function valuesOf(all) {
  return Object.fromEntries(Object.entries(all).map(([name, [value]]) => [name, value]))
}
