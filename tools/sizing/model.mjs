/**
 * The arithmetic of docs/sizing.md: from what was measured, and from what is assumed about devices, to machines.
 * Everything it takes from a measurement is named in `rows.json`; everything else is an assumption, and an option of the
 * command.
 */

/** What is assumed, and can be given instead. */
export const assumptions = {
  /** Times a day that a device in use opens the app. */
  sessions: { value: 4, unit: 'sessions a day', why: 'of a device that is in use on that day' },
  /** Minutes of one session, on average. */
  minutes: { value: 5, unit: 'minutes', why: 'of a session, on average' },
  /** Seconds that a token lives: the SDK renews it at half of that while the app is in use. */
  lifetime: { value: 300, unit: 's', why: 'a token lives (`token_lifetime` of the API, its default)' },
  /** The busiest minute of the day against the mean of the day. */
  peak: {
    value: 2.2,
    unit: '×',
    why: 'the busiest minutes against the mean of the day: a morning and an evening',
  },
  /** Share of attestations that carry evidence of hardware, and write a row. */
  hardware: { value: 0.5, unit: '', why: 'of attestations carry evidence of hardware' },
  /** How much of a core, of a Valkey shard, or of PostgreSQL is to be used at the peak. */
  load: {
    value: 0.5,
    unit: '',
    why: 'of each core, shard and database is used at the peak: the rest is for what fails',
  },
  /** Bytes of evidence that are kept of an installation beside its row. */
  evidence: {
    value: 4_000,
    unit: 'bytes',
    why: 'of claims and receipt are kept of an installation with hardware evidence',
  },
  databaseCores: { value: 16, unit: 'cores', why: 'of one PostgreSQL server, at most' },
  corePrice: { value: 25, unit: '€ a month', why: 'a core with 4 GB of memory' },
  storagePrice: {
    value: 0.12,
    unit: '€ a month',
    why: 'a GB of storage of the database, with its copy and backups',
  },
}

const day = 86_400

/** Attestations of one session: one at its start, and one for each half life of a token that ends within it. */
export function attestationsOfSession({ minutes, lifetime }) {
  // Sessions last exponentially long: the expected number of whole half lives within one.
  const q = Math.exp(-lifetime / 2 / (minutes * 60))
  return 1 + q / (1 - q)
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
  const forHardware = rows['evidence.app-attest-assertion'] + rows['node.refresh']
  const cpu = rows['attest.software'] + hardware * forHardware
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

export function valuesOf(all) {
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]))
}
