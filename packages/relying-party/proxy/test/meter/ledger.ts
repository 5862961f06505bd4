export type Act =
  | { kind: 'send'; phone: number; reserve: number }
  | { kind: 'end'; which: number; how: 'stated' | 'cut' | 'not_sent'; cost: number }
  | { kind: 'wait'; seconds: number }

export const budgets = { installation: 100, all: 220 } as const

export const form = {
  installation: { cost: [`${budgets.installation}/min`] },
  all: { cost: [`${budgets.all}/min`] },
  cost: { member: '/usage/total_tokens', reserve: { member: '/max_tokens', otherwise: 1 } },
}

interface Scope {
  kind: keyof typeof budgets
  subject: string
}

export function scopesOf(installation: string): Scope[] {
  return [
    { kind: 'installation', subject: installation },
    { kind: 'all', subject: '' },
  ]
}

const windowOf = (now: number) => Math.floor(now / 60_000)
const keyOf = ({ kind, subject }: Scope, now: number) => `${kind} ${subject} ${windowOf(now)}`

interface Sent {
  installation: string
  reserve: number
  at: number
}

/** What the provider would bill, and what a budget may be exceeded by: independent of how the meter counts. */
export function ledger() {
  const open = new Map<number, Sent>()
  const spent = new Map<string, number>()
  /** What streams that were open when the last request was admitted have cost beyond their reservations since. */
  const beyond = new Map<string, number>()
  const openAtLast = new Map<string, Set<number>>()
  const add = (to: Map<string, number>, key: string, value: number) => to.set(key, (to.get(key) ?? 0) + value)
  const streamsOf = (installation: string) =>
    [...open.values()].filter((sent) => sent.installation === installation).length

  return {
    fits: (installation: string, reserve: number, now: number) =>
      streamsOf(installation) < 4 &&
      scopesOf(installation).every(
        (scope) => (spent.get(keyOf(scope, now)) ?? 0) + reserve <= budgets[scope.kind],
      ),
    reserve(id: number, installation: string, reserve: number, now: number) {
      open.set(id, { installation, reserve, at: now })
      for (const scope of scopesOf(installation)) {
        add(spent, keyOf(scope, now), reserve)
        beyond.set(keyOf(scope, now), 0)
        openAtLast.set(keyOf(scope, now), new Set(open.keys()))
      }
    },
    /** `cost` undefined: not stated, and not more than was reserved. */
    end(id: number, cost: number | undefined, now: number) {
      const sent = open.get(id)
      open.delete(id)
      if (sent === undefined || cost === undefined) return
      for (const scope of scopesOf(sent.installation)) {
        if (cost <= sent.reserve) add(spent, keyOf(scope, sent.at), cost - sent.reserve)
        else {
          add(spent, keyOf(scope, now), cost - sent.reserve)
          const wasOpen = openAtLast.get(keyOf(scope, now))?.has(id) ?? true
          if (wasOpen) add(beyond, keyOf(scope, now), cost - sent.reserve)
        }
      }
    },
    at: (scope: Scope, now: number) => ({
      spent: spent.get(keyOf(scope, now)) ?? 0,
      beyond: beyond.get(keyOf(scope, now)) ?? 0,
      streams: streamsOf(scope.subject),
    }),
  }
}
