import { encodeBase64url } from '@assay/protocol'
import type { Clock, Random } from '../../system/ports.ts'
import type { Valkey } from './open-valkey.ts'

/** Partitions of challenges, each with its own generation, slot and so, in a cluster, its own server. */
const partitionCount = 16

/** What is known about one partition. */
export interface Generation {
  readonly partition: number
  /** Drawn when it began. */
  readonly id: string
  /** 0 to 255: the part of it that challenges carry. */
  readonly number: number
  /** Milliseconds by which the server's clock is ahead of ours. */
  readonly ahead: number
  /** Milliseconds, by our clock: when the server last confirmed it. */
  readonly readAt: number
}

export type Generations = ReturnType<typeof createGenerations>

interface GenerationDependencies {
  valkey: Pick<Valkey, 'call' | 'reconnect'>
  random: Random
  steady: Clock
}

/** Consecutive failed calls after which the connection is made anew. */
const patience = 2

/** What this node knows about the generations. `refresh` asks again; a caller that must know at once also calls `refresh`. */
export function createGenerations({ valkey, random, steady }: GenerationDependencies) {
  let known: readonly Generation[] = []
  let under: Promise<void> | undefined
  let failures = 0

  const ask = async (partition: number, drawn: Uint8Array): Promise<Generation> => {
    const sent = steady()
    const candidate = [encodeBase64url(drawn.subarray(1)), drawn[0] as number]
    const answer = await valkey.call('assay_1_generation', [generationKey(partition)], candidate)
    const [id, number, now] = answer as [string, number, number]
    const received = steady()
    const ahead = now - (sent + received) / 2
    return { partition, id, number, ahead, readAt: received }
  }

  const askAll = async () => {
    try {
      const drawn = Array.from({ length: partitionCount }, () => random(17))
      known = await Promise.all(drawn.map((bytes, partition) => ask(partition, bytes)))
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
    of: (partition: number): Generation | undefined => known[partition],
    /** Asks the server, once for all simultaneous callers. @throws StoreNotAnswering */
    refresh: (): Promise<void> =>
      (under ??= askAll().finally(() => {
        under = undefined
      })),
  }
}

/** The partition for the random bytes of a challenge. */
export const partitionOf = (random: Uint8Array): number => (random[0] as number) % partitionCount
export const generationKey = (partition: number): string => `assay:{${partition}}:generation`
export const useKey = (partition: number, name: string): string => `assay:{${partition}}:${name}`
