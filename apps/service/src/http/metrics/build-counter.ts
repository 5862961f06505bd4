import { LRUCache } from 'lru-cache'
import { Counter, type Registry } from 'prom-client'

/** Builds that have series at one time. Every release adds one, and Prometheus keeps what it has once seen. */
const mostBuilds = 200

const outcomes = ['passed', 'refused'] as const

interface CountedBuild {
  app: string
  build: string
  outcome: string
}

/**
 * Counts what passed and what was refused of each registered build, for the board: a release that does not pass shows at
 * once. The builds that were attested last have series; `GET /v1/stats` has them all.
 */
export function createBuildCounter(registry: Registry, most = mostBuilds) {
  const counter = new Counter({
    name: 'assay_build_attestations_total',
    help: 'Attestations of registered builds that passed or were refused, of the builds that attested last.',
    labelNames: ['app', 'build', 'outcome'],
    registers: [registry],
  })
  const builds = new LRUCache<string, { app: string; build: string }>({
    max: most,
    disposeAfter(name, _key, reason) {
      if (reason === 'evict') for (const outcome of outcomes) counter.remove({ ...name, outcome })
    },
  })
  return ({ app, build, outcome }: CountedBuild): void => {
    const isCounted = build !== '' && (outcomes as readonly string[]).includes(outcome)
    if (!isCounted) return
    const key = JSON.stringify([app, build])
    if (builds.get(key) === undefined) builds.set(key, { app, build })
    counter.inc({ app, build, outcome })
  }
}
