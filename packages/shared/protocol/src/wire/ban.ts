/** Kind of a vouching key, the key by which hardware vouches: each scheme of evidence has its own. */
export type VouchingKeyKind = string

/** A vouching key that may no longer vouch for anything at an app. */
export interface Ban {
  app: string
  kind: VouchingKeyKind
  /** Digest that names the key, as its scheme writes it. */
  vouching_key: string
  /** RFC 3339. */
  created_at: string
}

/** Body of `POST /v1/apps/{app}/bans`: an installation as the tokens of an API name it. */
export interface BanInput {
  audience: string
  /** The claim `installation`. */
  installation: string
  /** Needed to ban a batch: its key is in thousands of devices. */
  batch?: boolean | undefined
}
