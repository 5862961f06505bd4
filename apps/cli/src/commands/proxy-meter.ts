import { randomBytes } from 'node:crypto'
import type { NodeGuardOptions } from '@assay/guard/node'
import {
  createMemoryMeter,
  createValkeyMeter,
  type ExceededLimit,
  type Meter,
  type ProxyConfig,
  type UsageSource,
} from '@assay/proxy'
import type { Context } from '../command-line/context.ts'
import { connectValkey, sharedNonces } from './guard-valkey.ts'

/** What counts, and what of it the guard needs. */
export interface OpenMeter {
  meter: Meter & UsageSource
  /** The meter on Valkey remembers proofs in the call that counts. */
  stores: Pick<NodeGuardOptions, 'replayStore' | 'nonces'>
  /** Settles what is left, and ends the connection. */
  close(): Promise<void>
}

/** @param valkey URL of the server that several processes share; undefined: this one counts by itself @throws CliError */
export async function openMeter(
  { output, clock }: Context,
  { meterRules: rules, audience, demandsNonces }: ProxyConfig,
  valkey: string | undefined,
): Promise<OpenMeter> {
  const onBudgetSpent = (route: string, { limit, window }: ExceededLimit) =>
    output.warn(
      `METER_BUDGET_SPENT ${JSON.stringify({ route, units: limit, window })}: the route is closed until its window ends`,
    )
  if (valkey === undefined)
    return {
      meter: createMemoryMeter({ rules, clock, onBudgetSpent }),
      stores: demandsNonces ? { nonces: 'mac' } : {},
      close: () => Promise.resolve(),
    }
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
