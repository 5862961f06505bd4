import type { Clock } from './ports.ts'

const minute = 60_000
/** Minutes. */
const span = 60

/** How often something happened within the last hour. */
interface RecentCount {
  note(): void
  count(): number
}

/** @param steady milliseconds that only increase */
export function createRecentCount(steady: Clock): RecentCount {
  const minutes = new Map<number, number>()
  const now = () => {
    const current = Math.floor(steady() / minute)
    for (const each of minutes.keys()) if (each <= current - span) minutes.delete(each)
    return current
  }
  return {
    note() {
      const current = now()
      minutes.set(current, (minutes.get(current) ?? 0) + 1)
    },
    count() {
      now()
      return [...minutes.values()].reduce((sum, each) => sum + each, 0)
    },
  }
}
