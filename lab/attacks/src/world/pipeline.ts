import type { BuildQuery } from '@assay/protocol/schemas'
import type { Outcome } from './outcome.ts'

/** A file that a pipeline sends. */
export interface SentBuild {
  readonly app: string
  readonly file: Buffer
  readonly type: 'apk' | 'apks' | 'zip'
  readonly query: BuildQuery & { readonly id: string }
}

/** An owner's release pipeline. Its registration key has leaked; the key with which it signs what it built has not. */
export interface Pipeline {
  readonly registrationKey: string
  /** Registers a build; without provenance, as whoever has the registration key can. */
  send(build: SentBuild, provenance?: string): Promise<Outcome>
  /** What the pipeline signs about a build: for this service and now, unless another is named. */
  state(build: SentBuild, other?: { issuer?: string; daysAgo?: number }): Promise<string>
  /** Registers it as the pipeline does: with a statement of what it has built. */
  release(build: SentBuild): Promise<Outcome>
}
