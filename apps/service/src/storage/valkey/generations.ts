import { encodeBase64url } from '@assay/protocol'
import type { Clock, Random } from '../../system/ports.ts'
import type { Valkey } from './open-valkey.ts'

/** Parts into which challenges fall, each with a generation, a slot and so, in a cluster, a server of its own. */
const bucketCount = 16

/** What is known of one bucket. */
export interface Generation {
  readonly bucket: number
  /** Drawn when it began. */
  readonly id: string
  /** 0 to 255: what challenges carry of it. */
  readonly number: number
  /** Milliseconds that the server's clock is ahead of ours. */
  readonly ahead: number
  /** Milliseconds, by our clock: when the server last said so. */
  readonly heardAt: number
}

export type Generations = ReturnType<typeof createGenerations>

interface GenerationDependencies {
  valkey: Pick<Valkey, 'call' | 'reconnect'>
  random: Random
  steady: Clock
}

/** Calls in a row that failed after which the connection is made anew. */
const patience = 2

/** What this node knows of the generations, asked anew by `hear`, and who must know at once asks `hear` too. */
export function createGenerations({ valkey, random, steady }: GenerationDependencies) {
  let known: readonly Generation[] = []
  let under: Promise<void> | undefined
  let failures = 0

  const ask = async (bucket: number, drawn: Uint8Array): Promise<Generation> => {
    const sent = steady()
    const candidate = [encodeBase64url(drawn.subarray(1)), drawn[0] as number]
    const answer = await valkey.call('assay_1_generation', [generationKey(bucket)], candidate)
    const [id, number, now] = answer as [string, number, number]
    const received = steady()
    const ahead = now - (sent + received) / 2
    return { bucket, id, number, ahead, heardAt: received }
  }

  const askAll = async () => {
    try {
      const drawn = Array.from({ length: bucketCount }, () => random(17))
      known = await Promise.all(drawn.map((bytes, bucket) => ask(bucket, bytes)))
      failures = 0
    } catch (error) {
      failures += 1
      if (failures % patience === 0) valkey.reconnect()
      throw error
    }
  }

  return {
    /** Milliseconds since 1970, by the clock of the server. */
    now: (): number => steady() + (known[0]?.ahead ?? 0),
    of: (bucket: number): Generation | undefined => known[bucket],
    /** Asks the server, once for all who ask at a time. @throws StoreNotAnswering */
    hear: (): Promise<void> =>
      (under ??= askAll().finally(() => {
        under = undefined
      })),
  }
}

/** By the random bytes of a challenge. */
export const bucketOf = (random: Uint8Array): number => (random[0] as number) % bucketCount
export const generationKey = (bucket: number): string => `assay:{${bucket}}:generation`
export const useKey = (bucket: number, name: string): string => `assay:{${bucket}}:${name}`
