/** Kind of a vouching key, the key by which hardware vouches: each scheme of evidence has its own. */
export type VouchingKeyKind = string

/**
 * Kinds of bans of installations that no hardware key vouches for: by the thumbprint (RFC 7638) of the installation key, or
 * by the name that the tokens of one API have for it.
 */
export const installationBanKinds = { key: 'installation-key', name: 'installation-name' } as const

/** A key that gets no more tokens at an app: one that vouches for installations, or that of one installation. */
export interface Ban {
  app: string
  /** One of a scheme of evidence, or of {@link installationBanKinds}. */
  kind: VouchingKeyKind
  /** Digest that names the key, as its scheme writes it; of an installation its thumbprint, or its name. */
  vouching_key: string
  /** The API by whose tokens it is named; null for all other kinds. */
  audience: string | null
  note: string | null
  /** Id of the API key that banned it; null: someone at the machine itself, or before this was noted. */
  author: string | null
  /** RFC 3339. */
  created_at: string
  /** RFC 3339: it ends by itself; null: it does not. */
  expires_at: string | null
}

/**
 * Body of `POST /v1/apps/{app}/bans`: an installation as the tokens of an API name it (`audience` and `installation`), or by
 * its key.
 */
export interface BanInput {
  audience?: string | undefined
  /** The claim `installation`. */
  installation?: string | undefined
  /** Thumbprint (RFC 7638) of the installation key: the key in `cnf` of its tokens, and of its proofs. */
  key?: string | undefined
  /** Needed to ban a batch: its key is in thousands of devices. */
  batch?: boolean | undefined
  note?: string | undefined
  /** RFC 3339, yet to come. Default: it does not end by itself. */
  expires_at?: string | undefined
}

/** Entries that an app may have at a time. */
export const mostAllowEntries = 100
/** Days that an entry lasts at most. */
export const longestAllowEntry = 90

/**
 * A test device that gets tokens of one API though the policy refuses it: with the tier that it has, and the claim `allowed`.
 * Everything before the policy holds for it as for any other, bans included.
 */
export interface AllowEntry {
  app: string
  audience: string
  /** As the tokens of the API name it. */
  installation: string
  note: string | null
  /** Id of the API key; null: someone at the machine itself. */
  author: string | null
  /** RFC 3339, both. */
  created_at: string
  expires_at: string
}

/** Body of `POST /v1/apps/{app}/allow`: either `installation` or `key`. */
export interface AllowInput {
  audience: string
  /** The claim `installation` of a token of this API. */
  installation?: string | undefined
  /** Thumbprint (RFC 7638) of the installation key. */
  key?: string | undefined
  note?: string | undefined
  /** RFC 3339, yet to come, at most {@link longestAllowEntry} days from now. */
  expires_at: string
}
