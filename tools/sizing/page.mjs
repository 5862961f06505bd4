import { arrivalsOfDay, herdAfter, peakOf } from './arrivals.mjs'
import {
  assumptions,
  attestationsOfSession,
  limitsOf,
  mostBehindOneNetwork,
  quotas,
  sizeOf,
  valuesOf,
} from './model.mjs'

const steps = [1e4, 1e5, 1e6, 1e7, 1e8]
const seed = 20_261_127

/** Simulates what the arithmetic assumes. */
export function simulated(given = valuesOf(assumptions)) {
  const devices = 40_000
  const perSecond = arrivalsOfDay({ ...given, devices, seed })
  const total = perSecond.reduce((sum, each) => sum + each, 0)
  const rate = 100
  return {
    perDay: total / devices,
    // With so few devices, single minutes differ by chance; ten minutes do not.
    peak: peakOf(perSecond, 600),
    // Sized like the arithmetic: half of the capacity is in use at the peak.
    herd: [60, 600, 1_800].flatMap((outage) =>
      [false, true].map((isAnswered) => ({
        outage,
        isAnswered,
        ...herdAfter({
          sessions: rate / attestationsOfSession(given),
          minutes: given.minutes,
          lifetime: given.lifetime,
          ...{ outage, isAnswered, capacity: rate / given.load, seed },
        }),
        rate,
      })),
    ),
  }
}

/** The parts of {@link limitsOf}, for the page. */
const partNames = {
  node: () => 'a node (one core)',
  database: ({ databaseCores }) => `a PostgreSQL server with ${databaseCores} cores`,
  shard: () => 'a Valkey shard',
}
const limitText = {
  node: 'The core of a node is what limits first, and nodes can be added.',
  database: 'PostgreSQL is what limits first, and a second one takes a second installation of the service.',
  shard: 'Valkey is what limits first, and shards can be added.',
}

const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 })
const few = (value) => number(value, value < 10 ? 2 : 0)
const size = (bytes) =>
  bytes >= 1e12
    ? `${few(bytes / 1e12)} TB`
    : bytes >= 1e9
      ? `${few(bytes / 1e9)} GB`
      : `${few(bytes / 1e6)} MB`

/** docs/sizing.md. */
export function pageOf({ machine, rows }, given = valuesOf(assumptions)) {
  const values = Object.fromEntries(rows.map(({ id, value }) => [id, value]))
  const sizes = steps.map((devices) => sizeOf(devices, values, given))
  const example = sizes[3]
  const seen = simulated(given)
  const limits = limitsOf(values, given)
  const table = (head, lines) =>
    [
      `| ${head.join(' | ')} |`,
      `| ${head.map(() => '---').join(' | ')} |`,
      ...lines.map((line) => `| ${line.join(' | ')} |`),
    ].join('\n')
  return `# Sizing

Written by \`npm run sizing -- --write\`: the arithmetic is \`tools/sizing/model.mjs\`, the simulation \`tools/sizing/arrivals.mjs\`. Every assumption is an
option of the command: \`npm run sizing -- --minutes 12 --hardware 1 --core-price 40\`.

${table(
  [
    'installations in use a day',
    'attestations/s, mean',
    'at the peak',
    'cores in use',
    'nodes',
    'Valkey shards',
    'cores of PostgreSQL',
    'databases',
    'writes/s',
    'rows',
    '€ a month',
    '€ per million and month',
  ],
  sizes.map((s) => [
    number(s.devices),
    few(s.mean),
    few(s.busiest),
    few(s.cores * given.load),
    s.shards === 0 ? '1, on SQLite' : number(s.nodes),
    number(s.shards),
    number(s.databaseUse),
    number(s.databases),
    few(s.writes),
    size(s.bytes),
    number(s.cost),
    number(s.costPerMillion),
  ]),
)}

A node is one process and uses one core. One spare node is included; each Valkey shard and database has a replica. Prices are assumptions, not those of
any provider. More than one database means that apps are divided among installations of the service: one PostgreSQL takes the writes of all nodes on it. If
software evidence is enough, nothing is written: \`--hardware 0\`.

## Measured

On ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.

${table(
  ['row', 'value', 'by'],
  rows.map(({ id, value, unit, by }) => [`\`${id}\``, `${number(value, 1)} ${unit}`, by]),
)}

The machine was not idle, so CPU times are higher than on a dedicated one.

## What limits first

${table(
  ['part', 'attestations a second until its CPU is used up'],
  limits.map(({ part, perSecond }) => [
    partNames[part](given),
    perSecond === Infinity ? 'no limit' : number(Number(perSecond.toPrecision(2))),
  ]),
)}

${limitText[limits[0].part]} An attestation takes \`attest.process\` only at a node that is busy, where requests that
arrive together share steps. One that comes alone takes ${number(values['attest.process.alone'])} µs: a node at half of its capacity is busier than half of a core, and what
it can serve in addition is not what its idle time suggests. A node that has just started takes ${number(values['attest.process.started'])} µs for each
of its first 320 attestations, and ${number(values['attest.process.first'])} µs for each of the first 64 if they come one by one, because the engine still
compiles: restart nodes one after the other, and not at the peak. Measure capacity with many devices at once, at a node that has served a
few thousand.

## Assumed

${table(
  ['option', 'value', 'what'],
  Object.entries(assumptions).map(([name, { unit, why }]) => [
    `\`--${optionOf(name)}\``,
    `${number(given[name], 2)} ${unit}`.trim(),
    why,
  ]),
)}

## The arithmetic, for ${number(example.devices)}

- A session has one attestation at its start and one for each half life of a token: 1 + 1 ∕ (e^(${given.lifetime / 2} s ∕ ${given.minutes * 60} s) − 1) = ${number(attestationsOfSession(given), 2)}. A day has
  ${given.sessions} × ${number(attestationsOfSession(given), 2)} = ${number(example.perDay, 2)}.
- Mean: ${number(example.devices)} × ${number(example.perDay, 2)} ∕ 86,400 s = ${few(example.mean)}/s. Peak: × ${given.peak} = ${few(example.busiest)}/s.
- Cores: ${few(example.busiest)}/s × (${number(values['attest.process'])} µs + ${given.hardware} × ${number(values['evidence.app-attest-assertion'] + values['node.refresh'])} µs) = ${few(example.cores * given.load)} in use at the peak; ∕ ${given.load} = ${few(example.cores)}.
- Valkey: ${few(example.busiest)} uses/s × ${number(values['valkey.use'], 1)} µs ∕ ${given.load} = ${number(example.shards)} shard${example.shards === 1 ? '' : 's'}, with ${size(example.valkeyMemory)} of uses.
- PostgreSQL: ${given.hardware} × ${few(example.busiest)}/s = ${few(example.writes)} writes/s × ${number(values['postgres.refresh'], 1)} µs ∕ ${given.load} = ${number(example.databaseUse)} cores; ${given.hardware} × ${number(example.devices)} ×
  (${number(values['storage.installation'])} + ${number(given.evidence)} bytes) = ${size(example.bytes)}.
- Cost: ${number(example.paidCores)} cores × ${given.corePrice} € + ${number(example.bytes / 1e9)} GB × ${given.storagePrice} € = ${number(example.cost)} € a month.

## Behind one network

By default a /24 (IPv6: a /64) gets ${number(quotas.challenges)} challenges and ${number(quotas.network)} requests a minute, on all nodes together. An installation asks for ${number(example.perDay, 2)} challenges a day, and
in the busiest minutes ${given.peak} × as often: from ${number(mostBehindOneNetwork(given))} installations in use behind one /24, such as a carrier's NAT, the quotas refuse some of them then. Raise
both: \`assay serve --limit challenges=REQUESTS/SECONDS network=REQUESTS/SECONDS\`. What is refused is in \`assay stats --by code\`, as \`LIMIT_CHALLENGES\` and
\`LIMIT_NETWORK\`. After an outage the devices behind one network come back within minutes of each other, and it may need as much as the table below says.

## Simulated

40,000 devices for a day, each with its sessions and renewals: ${number(seen.perDay, 2)} attestations a day and device (arithmetic: ${number(example.perDay, 2)}), and
${number(seen.peak, 2)} × the mean in the busiest ten minutes (assumed: ${given.peak}). After an outage at the peak, with the capacity above, every device that wanted a token
meanwhile comes back as long as the app is open: when the answer tells it to, or by the SDK's back-off where no node answers. Requests above capacity are
refused with a random \`Retry-After\`. A node spreads it over twice the time it needs to serve everyone it has refused, 5 to 60 s:

${table(
  [
    'outage',
    'meanwhile',
    'peak second ÷ normal peak',
    'time until no refusals',
    'refusals per device, max',
    'last device served after',
  ],
  seen.herd.map(({ outage, isAnswered, most, seconds, mostRefused, longest, rate }) => [
    `${outage / 60} min`,
    isAnswered ? '503 with a time to come back' : 'no answer',
    `${number(most / rate, 1)} ×`,
    `${seconds} s`,
    String(mostRefused),
    `${longest} s`,
  ]),
)}

The 503 is that of a node, or of a proxy of \`deploy\` when no node is ready, which always spreads it over a minute.
APIs see less of an outage than that: tokens issued earlier stay valid until they expire.
`
}

/** The name as the command line takes it. */
export function optionOf(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
