import {
  afterOutage,
  appQuota,
  assumptions,
  attestationsOfSession,
  launchOf,
  limitsOf,
  mostBehindOneNetwork,
  mostOfOneApp,
  quotas,
  sizeOf,
  usedOf,
  valuesOf,
} from './model.mjs'

const steps = [1e4, 1e5, 1e6, 1e7, 1e8]

/** The parts of {@link limitsOf}, for the page. */
const partNames = {
  node: () => 'a node (one core)',
  database: ({ databaseCores }) => `a PostgreSQL server with ${databaseCores} cores`,
  shard: () => 'a Valkey shard',
}
/** The parts of {@link usedOf}. */
const limitNames = {
  ...partNames,
  node: (_, { nodes }) => `${number(nodes)} nodes`,
  app: () => `the limit of one app, ${number(appQuota)} a minute`,
}
const limitText = {
  node: 'The core of a node is what limits first, and nodes can be added.',
  database: 'PostgreSQL is what limits first, and a second one takes a second installation of the service.',
  shard: 'Valkey is what limits first, and shards can be added.',
}

const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 })
const few = (value) => number(value, value < 10 ? 2 : 0)
const size = (bytes) => {
  const power = bytes >= 1e12 ? 12 : bytes >= 1e9 ? 9 : 6
  return `${few(bytes / 10 ** power)} ${{ 6: 'MB', 9: 'GB', 12: 'TB' }[power]}`
}

/** docs/sizing.md. */
export function pageOf({ machine, rows, fleet }, given = valuesOf(assumptions)) {
  const values = Object.fromEntries(rows.map(({ id, value }) => [id, value]))
  const sizes = steps.map((devices) => sizeOf(devices, values, given))
  const example = sizes[3]
  const limits = limitsOf(values, given)
  const table = (head, lines) =>
    [
      `| ${head.join(' | ')} |`,
      `| ${head.map(() => '---').join(' | ')} |`,
      ...lines.map((line) => `| ${line.join(' | ')} |`),
    ].join('\n')
  const ofApp = mostOfOneApp(given)
  return `# Sizing

Written by \`npm run sizing -- --write\`: the arithmetic is \`tools/sizing/model.mjs\`. Every assumption is an
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
  Object.entries(assumptions).map(([name, [, unit, why]]) => [
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

## Release day

A simulated fleet over the store of the service (\`npm run sizing -- --fleet\`): 1,000 Android phones of three models, two of which have attestation keys of a factory batch; 13
weekly releases, which half of the phones install on the first day; 2 % testers, who install four builds on it. A refused phone comes back the next day.

${table(
  [
    'enrolments a day, batch',
    'update',
    'phones that were refused',
    'longest wait, days',
    'most enrolments of a batch in a day',
    'rows in the end',
  ],
  fleet.map(({ batch, what, refusedPhones, longestWait, busiestBatch, rows }) => [
    number(batch),
    what,
    number(refusedPhones),
    number(longestWait),
    number(busiestBatch),
    number(rows),
  ]),
)}

An update costs no enrolment. Where a store changes a release that \`--on-difference\` admits, an Android phone makes a new key all the same: the chain of the old one names the older
version. [Which limits to set for such a day](guides/what-stores-do.md#limits-for-a-release-day).

## The limit of one app

By default an app gets ${number(appQuota)} attestations a minute, on all nodes together, so that one app of several cannot take all. From ${number(ofApp.peak)}
installations in use on it refuses some in the busiest minutes, and from ${number(ofApp.afterOutage)} on when ${afterOutage} times as many come at once after an outage. Raise it before:
\`ASSAY_LIMIT=app=REQUESTS/SECONDS\`, in the chart \`limits: [app=REQUESTS/SECONDS]\`. \`AssayAppLimit\` pages when it refuses. At ${number(example.devices)}, with one app
and the limits of a new installation, the peak needs:

${table(
  ['limit', 'of which the peak uses'],
  usedOf(example.devices, values, given).map(({ part, share }) => [
    limitNames[part](given, example),
    `${number(share * 100)} %`,
  ]),
)}

What is beyond 100 % limits first. Nodes and shards are added; the limit of an app is a setting.

## Launch day

An enrolment with hardware evidence takes ${given.enrolment} × the CPU of a software attestation (\`--enrolment\`), and \`postgres.enrolment\` of the database. When so many phones enrol
within an hour, each for the first time, they need at a utilisation of ${given.load}:

${table(
  ['phones in an hour', 'enrolments/s', 'cores of nodes', 'cores of PostgreSQL', 'the limit of the app'],
  [1e5, 1e6, 1e7].map((phones) => {
    const launch = launchOf(phones, values, given)
    return [
      number(phones),
      few(launch.perSecond),
      few(launch.cores),
      few(launch.database),
      launch.isBeyondAppQuota ? 'raise it' : 'is enough',
    ]
  }),
)}

## The Valkey of proxies

Proxies that share their counts have a Valkey of their own. Of each route it keeps at most 100,000 installations and as many networks, ${number(values['valkey.account.bytes'])} bytes each with
two limits: ${size(2 * 100_000 * values['valkey.account.bytes'])} for each route with a meter, however many callers come. Open streams and used proofs come on top, and expire.

## Behind one network

By default a /24 (IPv6: a /64) gets ${number(quotas.challenges)} challenges and ${number(quotas.network)} requests a minute, on all nodes together. An installation asks for ${number(example.perDay, 2)} challenges a day, and
in the busiest minutes ${given.peak} × as often: from ${number(mostBehindOneNetwork(given))} installations in use behind one /24, such as a carrier's NAT, the quotas refuse some of them then. Raise
both: \`assay serve --limit challenges=REQUESTS/SECONDS network=REQUESTS/SECONDS\`. What is refused is in \`assay stats --by code\`, as \`LIMIT_CHALLENGES\` and
\`LIMIT_NETWORK\`.

## After an outage

Every device that wanted a token meanwhile comes back as long as the app is open: when the answer tells it to, or by the SDK's back-off where no node answers.
Requests above capacity are refused with a random \`Retry-After\`, which a node spreads over twice the time that it needs to serve everyone it has refused, 5 to 60 s.
A simulation of single devices, with the capacity above, had the peak at 1.99 × the mean, and after outages of 1 to 30 minutes at most 7 × the normal peak for a
second, no refusals after 60 s, and every device served within 95 s ([its figures](adr/0023-intake-under-overload.md#after-an-outage)).
APIs see less of an outage than that: tokens issued earlier stay valid until they expire.
`
}

/** The name as the command line takes it. */
export function optionOf(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
