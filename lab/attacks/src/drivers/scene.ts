/** A guarded API, and the decisions in its log. */
export interface Api {
  readonly url: string
  readonly decisions: readonly { readonly requestId: string | undefined; readonly code: string | null }[]
}

/** A phone whose SDK signs requests for anyone who asks. */
export interface Signer {
  sign(method: string, url: string, authorization?: string): Promise<Readonly<Record<string, string>>>
}

/** The parts of a stage that attacks with signed requests need. */
export interface Scene {
  readonly api: Api
  /** A genuine phone, another each time. */
  signer(): Promise<Signer>
}
