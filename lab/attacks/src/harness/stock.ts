import { startStockApi, startUsersIssuer, type RunningApi } from '@assay/testkit/victims'
import type { AdmissibleTier } from '@assay/protocol'
import type { Stock, Target } from '../world/world.ts'
import type { Administrator } from './operator.ts'

const withoutLog = ({ url }: RunningApi): Target => ({ url, codeOf: () => undefined })

/** Starts APIs behind stock resource servers: one that takes Assay's access tokens, and one that takes its users' own. */
export async function startStock(
  issuer: string,
  app: string,
  tiers: readonly AdmissibleTier[],
  operator: Pick<Administrator, 'addApi'>,
): Promise<Stock> {
  const users = await startUsersIssuer()
  const orders = await startStockApi(issuer)
  const accounts = await startStockApi(users.url, users.url)
  // Tokens that say of any device what it is, as for a rollout; they are read by a guard alone.
  const observing = `${orders.url}/observing`
  const tolerant = `${orders.url}/tolerant`
  const stop = async () => {
    for (const each of [users, orders, accounts]) await each.close()
  }
  try {
    const accepted = { apps: [app], tiers: [...tiers] }
    await operator.addApi({ audience: orders.url, token: 'access', token_lifetime: 300, ...accepted })
    await operator.addApi({ audience: observing, enforcement: 'observe', ...accepted })
    await operator.addApi({ audience: tolerant, ...accepted })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    orders: withoutLog(orders),
    observing,
    tolerant,
    accounts: withoutLog(accounts),
    userToken: () => users.token(accounts.url),
    stop,
  }
}
