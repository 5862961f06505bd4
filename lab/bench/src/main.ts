import { attestRows } from './attest/rows.ts'
import { bareWork } from './bare-work.ts'
import { clusterRows } from './cluster/rows.ts'
import { androidKeyRows } from './evidence/android-key.ts'
import { appAttestRows } from './evidence/app-attest.ts'
import { gatewayRows } from './gateway/rows.ts'
import { growthRows } from './growth/rows.ts'
import { guardRows } from './guard/rows.ts'
import { lookupRows } from './installations/lookup.ts'
import { storageRows } from './installations/size.ts'
import { listRows } from './lists/rows.ts'
import { machine } from './machine.ts'
import { readOptions, usageOf, type Options } from './options/options.ts'
import { operatorRows } from './operators/rows.ts'
import { registerAabRows } from './registration/register-aab.ts'
import { registerApkRows } from './registration/register-apk.ts'
import { registerVariantRows } from './registration/register-variants.ts'
import { metricsRows } from './metrics/rows.ts'
import type { BenchRow } from './row/row.ts'
import { sdkRows } from './sdk/rows.ts'
import { worstCaseRows } from './worst-case/rows.ts'
import { serviceMemoryRows } from './service-memory.ts'

/** Rows by the prefix of their ids, so that `--only` need not run the others. */
const groups: Readonly<Record<string, (options: Options) => Promise<BenchRow[]>>> = {
  register: async () => [
    ...(await registerApkRows()),
    ...(await registerAabRows()),
    ...(await registerVariantRows()),
  ],
  service: serviceMemoryRows,
  lists: listRows,
  operators: operatorRows,
  guard: guardRows,
  gateway: gatewayRows,
  attest: attestRows,
  cluster: clusterRows,
  metrics: metricsRows,
  growth: growthRows,
  lookup: lookupRows,
  storage: storageRows,
  sdk: sdkRows,
  evidence: async () => [...(await appAttestRows()), ...(await androidKeyRows()), ...(await worstCaseRows())],
}

const options = optionsOf(process.argv.slice(2))
if (options === undefined) process.exitCode = 2
else await measureAll(options)

/** Reads the arguments, and says what is wrong with invalid ones. */
function optionsOf(args: readonly string[]): Options | undefined {
  const names = Object.keys(groups)
  try {
    return readOptions(args, names)
  } catch (error) {
    console.error(`${(error as TypeError).message}\n\n${usageOf(names)}`)
    return undefined
  }
}

async function measureAll(options: Options): Promise<void> {
  const { json, only } = options
  const rows: BenchRow[] = []
  for (const [name, measure] of Object.entries(groups)) {
    if (only !== undefined && only !== name) continue
    console.error(`measuring ${name} …`)
    rows.push(...(await measure(options)))
  }
  if (json) console.log(JSON.stringify({ machine: machine(), rows }, null, 2))
  else for (const row of rows) console.log(describe(row))
}

function describe(row: BenchRow): string {
  const beside = [
    row.bare === null
      ? undefined
      : `${row.ratio} × bare (${row.bare} ${row.unit}: ${bareWork[row.id] ?? '?'})`,
    row.peer === null ? undefined : `${row.peerRatio} × ${row.peer} (${row.peerValue} ${row.unit})`,
  ].filter((text) => text !== undefined)
  const facts = Object.entries(row.facts ?? {}).map(([name, value]) => `    ${name}: ${String(value)}`)
  return [
    `${row.id}: ${row.value} ${row.unit}${beside.length > 0 ? `, ${beside.join(', ')}` : ''}`,
    ...facts,
  ].join('\n')
}
