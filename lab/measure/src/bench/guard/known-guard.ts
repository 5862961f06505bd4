import { createMemoryReplayStore, type Guard } from '@assay/guard'
import { createNodeGuard, type NodeGuardOptions } from '@assay/guard/node'
import { app, audience, issuer, issuerJwk, now } from './minting.ts'

export function newGuard({ clock = () => now * 1000, ...more }: Partial<NodeGuardOptions> = {}): Guard {
  return createNodeGuard({
    ...more,
    issuer,
    audience,
    jwks: { keys: [issuerJwk] },
    apps: [app],
    tiers: ['affirming', 'warning'],
    mode: 'bound',
    clock,
    // One key sends everything while no time passes: more than its share of the default store.
    replayStore: createMemoryReplayStore({ clock, capacity: 1_000_000 }),
  })
}

/** Megabytes of the heap and of what lies outside it. Garbage is gone where the process may be told so (`--expose-gc`). */
export async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    ;(globalThis as { gc?: () => void }).gc?.()
    await new Promise(setImmediate)
  }
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}
