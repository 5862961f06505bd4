import { createHmac, createSecretKey } from 'node:crypto'
import { claimsToKeep, type Vocabulary } from '@assay/appraisal'
import type { Appraised } from '../../attestation/appraise.ts'
import { samplesPerDay, type ClaimSample, type SampleStore } from './ports.ts'

/** Apps that are sampled in a day. */
const mostApps = 1_000
/** Samples waiting to be written; beyond that none are taken until they are written. */
const mostWaiting = 5_000

interface SamplerOptions {
  store: Pick<SampleStore, 'add'>
  /** 32 bytes, the same on every node. */
  secret: Uint8Array
  vocabulary: Vocabulary
}

/** What a process knows about the samples of one app on one day. */
interface Sampled {
  ranks: Set<number>
  /** Ranks from here on are too high. */
  below: number
}

export type Sampler = ReturnType<typeof createSampler>

/**
 * Keeps the claims of some installations for dry runs. The rank of an installation is a keyed digest of its key: the
 * lowest ranks of each app and day are kept. So each installation has the same chance however often it attests, several
 * nodes keep the same ones, and an installation that is kept on several days is recognised as one.
 */
export function createSampler({ store, secret, vocabulary }: SamplerOptions) {
  const key = createSecretKey(secret)
  const rankOf = (app: string, thumbprint: string): number =>
    createHmac('sha256', key).update(`assay/sample/1\0${app}\0${thumbprint}`).digest().readUIntBE(0, 6)
  let today = 0
  let sampled = new Map<string, Sampled>()
  let waiting: ClaimSample[] = []
  let writing: Promise<void> = Promise.resolve()

  const sampledOf = (app: string): Sampled | undefined => {
    const known = sampled.get(app)
    if (known !== undefined || sampled.size >= mostApps) return known
    const fresh = { ranks: new Set<number>(), below: Infinity }
    sampled.set(app, fresh)
    return fresh
  }

  return {
    rankOf,
    take({ app, build, thumbprint, input, results }: Appraised): void {
      const { now, claims, facts } = input
      const day = Math.floor(now / 86_400)
      if (day !== today) {
        today = day
        sampled = new Map()
      }
      const rank = rankOf(app.id, thumbprint)
      const known = sampledOf(app.id)
      if (facts === undefined || known === undefined || waiting.length >= mostWaiting) return
      if (rank >= known.below || known.ranks.has(rank)) return
      known.ranks.add(rank)
      if (known.ranks.size >= 2 * samplesPerDay) shrink(known)
      waiting.push({
        ...{ app: app.id, day, rank, at: Math.floor(now * 1000), build: build.id },
        versionCode: build.version_code,
        isRemembered: isRemembered(input, results),
        claims: claimsToKeep(claims, vocabulary),
        facts,
      })
    },
    /**
     * Writes the samples taken so far, and resolves after those that are being written: whoever removes an installation's
     * must not come before them. What cannot be written is lost: it is only a sample.
     */
    flush(): Promise<void> {
      writing = writing
        .catch(() => undefined)
        .then(async () => {
          const batch = waiting
          waiting = []
          if (batch.length > 0) await store.add(batch)
        })
      return writing
    },
  }
}

/** Its hardware evidence was already remembered, or is from now on. */
function isRemembered({ claims, facts }: Appraised['input'], results: Appraised['results']): boolean {
  const isKnown = Object.values(facts?.ages ?? {}).some((age) => age > 0)
  return isKnown || (claims.length > 1 && results.some(({ accepted }) => accepted))
}

function shrink(known: Sampled): void {
  const lowest = [...known.ranks].sort((a, b) => a - b).slice(0, samplesPerDay)
  known.ranks = new Set(lowest)
  known.below = lowest.at(-1) ?? Infinity
}
