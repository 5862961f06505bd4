import { randomBytes } from 'node:crypto'
import type { NodeGuardOptions } from '@assay/guard/node'
import {
  createMemoryMeter,
  createValkeyMeter,
  type ExceededLimit,
  type Meter,
  MeterJournal,
  type MeterUse,
  type ProxyConfig,
} from '@assay/proxy'
import type { Context } from '../command-line/context.ts'
import { connectValkey, sharedNonces } from './guard-valkey.ts'

/** Milliseconds after which what was counted is on the disk. */
const syncedEvery = 1_000

/** What counts, and what of it the guard needs. */
export interface OpenMeter {
  meter: Meter & MeterUse
  /** The meter on Valkey remembers proofs in the call that counts. */
  stores: Pick<NodeGuardOptions, 'replayStore' | 'nonces'>
  /** Settles what is left, and ends the connection. */
  close(): Promise<void>
}

export interface MeterPlaces {
  /** URL of the server that several processes share; undefined: this one counts by itself. */
  readonly valkey: string | undefined
  /** Where this one keeps what it counts by itself; undefined: nowhere. */
  readonly journal: string | undefined
}

/** @throws CliError; ProxyConfigError for a journal that cannot be used */
export async function openMeter(
  context: Context,
  config: ProxyConfig,
  { valkey, journal }: MeterPlaces,
): Promise<OpenMeter> {
  const { output } = context
  const onBudgetSpent = (route: string, { limit, window }: ExceededLimit) =>
    output.warn(
      `METER_BUDGET_SPENT ${JSON.stringify({ route, units: limit, window })}: the route is closed until its window ends`,
    )
  return valkey === undefined
    ? openMemory(context, config, { journal, onBudgetSpent })
    : openValkey(context, config, { valkey, onBudgetSpent })
}

type OnBudgetSpent = (route: string, limit: ExceededLimit) => void

function openMemory(
  { output, clock }: Context,
  { meterRules: rules, demandsNonces }: ProxyConfig,
  { journal: file, onBudgetSpent }: { journal: string | undefined; onBudgetSpent: OnBudgetSpent },
): OpenMeter {
  const counts = rules.some(({ limits }) => limits.length > 0)
  if (counts && file === undefined)
    output.note('What is counted is forgotten when the process ends: give --journal FILE, or --valkey.')
  const journal = counts && file !== undefined ? MeterJournal.open(file) : undefined
  const onNotice = (code: string, detail: string) =>
    output.warn(`${code} ${JSON.stringify({ file, detail })}`)
  try {
    const own = journal === undefined ? {} : { journal }
    const meter = createMemoryMeter({ rules, clock, onBudgetSpent, onNotice, ...own })
    const syncing = setInterval(() => void journal?.tick(), syncedEvery)
    return {
      meter,
      stores: demandsNonces ? { nonces: 'mac' } : {},
      close() {
        clearInterval(syncing)
        journal?.close()
        return Promise.resolve()
      },
    }
  } catch (error) {
    journal?.close()
    throw error
  }
}

async function openValkey(
  { clock }: Context,
  { meterRules: rules, audience, demandsNonces }: ProxyConfig,
  { valkey, onBudgetSpent }: { valkey: string; onBudgetSpent: OnBudgetSpent },
): Promise<OpenMeter> {
  const client = await connectValkey(valkey)
  const meter = createValkeyMeter({
    rules,
    audience,
    client,
    clock,
    process: randomBytes(12).toString('base64url'),
    schedule(call, milliseconds) {
      const timer = setTimeout(call, milliseconds)
      return () => clearTimeout(timer)
    },
    onBudgetSpent,
  })
  return {
    meter,
    stores: {
      replayStore: meter.replayStore,
      ...(demandsNonces ? { nonces: await sharedNonces(client, audience) } : {}),
    },
    async close() {
      await meter.close()
      client.disconnect()
    },
  }
}
