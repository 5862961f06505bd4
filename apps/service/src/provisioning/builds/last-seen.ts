import type { Clock } from '../../system/ports.ts'
import type { BuildStore } from '../model/ports.ts'

/** Milliseconds. The repository writes no more often either; this saves calling it. */
const granularity = 60 * 60 * 1000

interface LastSeenDependencies {
  builds: Pick<BuildStore, 'touch'>
  clock: Clock
  onMalfunction: (error: unknown) => void
}

/** Notes that an installation attested with a build: a row at most once an hour, and nobody waits for it. */
export function createLastSeen({ builds, clock, onMalfunction }: LastSeenDependencies) {
  const recorded = new Map<string, number>()
  return ({ app, build }: { app: string; build: string }): void => {
    const now = clock()
    const key = `${app}/${build}`
    if (Math.abs(now - (recorded.get(key) ?? -Infinity)) < granularity) return
    recorded.set(key, now)
    builds.touch(app, build, new Date(now)).catch(onMalfunction)
  }
}
