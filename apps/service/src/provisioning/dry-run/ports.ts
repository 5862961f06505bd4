import type { AppraisalFacts, KeptClaims } from '@assay/appraisal'
import type { Installation } from '../../attestation/model/installation.ts'

/**
 * What was judged about one installation on one day: claims and facts that policies can read, and nothing that
 * identifies it.
 */
export interface ClaimSample {
  app: string
  /** Days since 1970, UTC. */
  day: number
  /** 48 bits of a keyed digest of the installation: the lowest of a day are kept. It is the same every day. */
  rank: number
  /** Milliseconds since 1970. */
  at: number
  build: string
  versionCode: number
  /** Its hardware evidence is remembered, so it is counted there. */
  isRemembered: boolean
  claims: readonly KeptClaims[]
  facts: AppraisalFacts
}

/** Ranks are below this. */
export const ranks = 2 ** 48

/** Samples that are kept per app and day. */
export const samplesPerDay = 1_000

/** Days for which samples are kept. */
export const sampleDays = 14

export interface SampleStore {
  /** Adds new samples, and then keeps the lowest {@link samplesPerDay} of each app and day. */
  add(samples: readonly ClaimSample[]): Promise<void>
  /** In order of day and rank, starting after the last one read. */
  read(
    app: string,
    sinceDay: number,
    after: Pick<ClaimSample, 'day' | 'rank'> | undefined,
    limit: number,
  ): Promise<ClaimSample[]>
  /** Removes those of earlier days. */
  prune(before: number): Promise<void>
}

/** Installations whose hardware evidence is remembered. */
export interface RememberedStore {
  /**
   * Those seen since that day, in order of the thumbprint, which is a digest: any prefix of the list is a random
   * sample.
   */
  remembered(app: string, sinceDay: number, after: string | undefined, limit: number): Promise<Installation[]>
}
