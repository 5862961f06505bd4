import type { ValkeyClient } from '@assay/guard/valkey'
import { accountKindsOf, type MeterRules } from './rules.ts'
import { type AccountCount, type InstallationUse, mostUsed } from './usage.ts'
import { accountsKey, floorKey, placeOf, streamsKey } from './valkey-keys.ts'
import { windowAt, windowLengths } from './window.ts'

export interface ValkeyUsageSettings {
  client: ValkeyClient
  audience: string
  clock: () => number
  routes: readonly { readonly route: string; readonly hasCost: boolean }[]
  top: number
}

/** Accounts that are read at a time. */
const atATime = 1_000
const { day } = windowLengths
const installations = { scope: 'installation', budget: undefined } as const

/** The use of each route by installations today, for everybody who can reach the server: as {@link UsageSource}. */
export async function readValkeyUsage({
  routes,
  top,
  ...where
}: ValkeyUsageSettings): Promise<InstallationUse[]> {
  const place = placeOf(where.audience)
  let found: InstallationUse[] = []
  for (const route of routes)
    for await (const some of readRoute(where, place, route)) found = mostUsed([found, some], top)
  return Promise.all(
    found.map(async (use) => {
      const streams = streamsKey(place, use.route, use.installation)
      return { ...use, open: Number(await where.client.call('ZCOUNT', streams, `(${where.clock()}`, '+inf')) }
    }),
  )
}

async function* readRoute(
  { client, clock }: Pick<ValkeyUsageSettings, 'client' | 'clock'>,
  place: string,
  { route, hasCost }: ValkeyUsageSettings['routes'][number],
): AsyncIterableIterator<InstallationUse[]> {
  const key = accountsKey(place, route, installations)
  const today = windowAt(clock(), day)
  let cursor = '0'
  do {
    const answer = (await client.call('HSCAN', key, cursor, 'COUNT', atATime)) as [string, string[]]
    cursor = String(answer[0])
    const some: InstallationUse[] = []
    for (let at = 0; at + 1 < answer[1].length; at += 2) {
      const [installation, packed] = [answer[1][at] as string, answer[1][at + 1] as string]
      const used = (name: string) => {
        const [, window, use] = new RegExp(` ${name}${day}=(\\d+):(\\d+)`).exec(packed) ?? []
        return Number(window) === today ? Number(use) : 0
      }
      const [requests, cost] = [used('r'), hasCost ? used('c') : 0]
      const app = packed.split(' ', 1)[0] as string
      if (requests > 0 || cost > 0) some.push({ route, app, installation, requests, cost, open: 0 })
    }
    yield some
  } while (cursor !== '0')
}

/** How many accounts of each kind the server holds. */
export async function countValkeyAccounts(
  client: ValkeyClient,
  place: string,
  rules: readonly MeterRules[],
): Promise<AccountCount[]> {
  const counts = rules.flatMap((each) =>
    accountKindsOf(each).map(async (kind): Promise<AccountCount> => {
      const [accounts, dropped] = await Promise.all([
        client.call('HLEN', accountsKey(place, each.route, kind)),
        client.call('HGET', floorKey(place, each.route, kind), 'dropped'),
      ])
      const route = kind.budget === undefined ? each.route : ''
      return { route, scope: kind.scope, accounts: Number(accounts), dropped: Number(dropped ?? 0) }
    }),
  )
  return Promise.all(counts)
}
