/**
 * The arithmetic of docs/sizing.md: it computes machines from measurements and from assumptions about devices.
 * `rows.json` holds every measurement; everything else is an assumption, and an option of the command.
 */

/** The assumptions. An option of the command replaces each. */
export const assumptions = {
  /** Times a day that a device in use opens the app. */
  sessions: { value: 4, unit: 'sessions a day', why: 'Sessions of a device that is in use on that day' },
  /** Minutes of one session, on average. */
  minutes: { value: 5, unit: 'minutes', why: 'Mean length of a session' },
  /** Seconds that a token lives: the SDK renews it at half of that while the app is in use. */
  lifetime: { value: 300, unit: 's', why: 'Lifetime of a token (the default of `token_lifetime`)' },
  /** The busiest minutes of the day, as a multiple of the mean. */
  peak: {
    value: 2.2,
    unit: '×',
    why: 'Busiest minutes ÷ mean of the day, with a morning and an evening peak',
  },
  /** Share of attestations that carry hardware evidence, and write a row. */
  hardware: { value: 0.5, unit: '', why: 'Share of attestations with hardware evidence' },
  /** Share of a core, a Valkey shard or PostgreSQL that is used at the peak. */
  load: {
    value: 0.5,
    unit: '',
    why: 'Target utilisation at the peak; the rest is headroom for failures',
  },
  /** Bytes of evidence stored for an installation, besides its row. */
  evidence: {
    value: 4_000,
    unit: 'bytes',
    why: 'Claims and receipt stored per installation with hardware evidence',
  },
  databaseCores: { value: 16, unit: 'cores', why: 'Largest PostgreSQL server' },
  corePrice: { value: 25, unit: '€ a month', why: 'Price of a core with 4 GB of memory' },
  storagePrice: {
    value: 0.12,
    unit: '€ a month',
    why: 'Price of a GB of database storage, with its replica and backups',
  },
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
 * What so many active installations need.
 *
 * @param devices installations that are in use on a day
 * @param rows measured values by id
 */
export function sizeOf(devices, rows, given = valuesOf(assumptions)) {
  const { sessions, peak, hardware, load, evidence, databaseCores, corePrice, storagePrice } = given
  const perDay = sessions * attestationsOfSession(given)
  const mean = (devices * perDay) / day
  const busiest = mean * peak
  const cpu = cpuOfAttestation(rows, given)
  const cores = (busiest * cpu) / 1e6 / load
  const nodes = Math.max(1, Math.ceil(cores))
  const isOne = nodes === 1 && devices <= 1e5
  const writes = busiest * hardware
  const bytes = devices * hardware * (rows['storage.installation'] + evidence)
  // Each use stays in memory for as long as a challenge is valid, and a minute more.
  const valkeyMemory = busiest * 180 * rows['valkey.use.bytes']
  const shards = isOne ? 0 : Math.max(1, Math.ceil((busiest * rows['valkey.use']) / 1e6 / load))
  const databaseUse = isOne ? 0 : Math.max(2, Math.ceil((writes * rows['postgres.refresh']) / 1e6 / load))
  const databases = Math.ceil(databaseUse / databaseCores)
  // One spare node is included; each Valkey shard and database has a replica.
  const machines = isOne ? 1 : nodes + 1
  const paidCores = machines + 2 * shards + 2 * databaseUse
  const cost = paidCores * corePrice + (bytes / 1e9) * storagePrice
  return {
    devices,
    perDay,
    mean,
    busiest,
    cpu,
    cores,
    nodes: machines,
    shards,
    databaseUse,
    databases,
    writes,
    bytes,
    valkeyMemory,
    paidCores,
    cost,
    costPerMillion: (cost / devices) * 1e6,
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

export function valuesOf(all) {
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]))
}
