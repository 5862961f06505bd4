/** Kind of a vouching key, the key with which hardware vouches: each scheme of evidence has its own. */
export type VouchingKeyKind = string

/**
 * Kinds of bans of installations that no hardware key vouches for: by the thumbprint (RFC 7638) of the installation key, or
 * by the name that the tokens of one API have for it.
 */
export const installationBanKinds = { key: 'installation-key', name: 'installation-name' } as const

/** A key that gets no more tokens at an app: one that vouches for installations, or the key of one installation. */
export interface Ban {
  app: string
  /** The kind of a scheme of evidence, or one of {@link installationBanKinds}. */
  kind: VouchingKeyKind
  /** Digest that names the key, in the form of its scheme; for an installation, its thumbprint or its name. */
  vouching_key: string
  /** The API whose tokens name it; null for all other kinds. */
  audience: string | null
  note: string | null
  /** Id of the API key that banned it; null: someone at the machine itself, or before this was recorded. */
  author: string | null
  /** RFC 3339. */
  created_at: string
  /** RFC 3339: when it expires; null: it does not. */
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
  /** Needed to ban a batch, whose key is in thousands of devices. */
  batch?: boolean | undefined
  note?: string | undefined
  /** RFC 3339, in the future. Default: it does not expire. */
  expires_at?: string | undefined
}

/** Entries that an app may have at a time. */
export const mostAllowEntries = 100
/** Maximum days that an entry lasts. */
export const longestAllowEntry = 90

/**
 * A test device that gets tokens of one API although the policy refuses it: with its own tier, and the claim `allowed`.
 * Every check before the policy applies to it as to any other device, bans included.
 */
export interface AllowEntry {
  app: string
  audience: string
  /** As the tokens of the API name it. */
  installation: string
  note: string | null
  /** Id of the API key; null: someone at the machine itself. */
  author: string | null
  /** Both RFC 3339. */
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
  /** RFC 3339, in the future, at most {@link longestAllowEntry} days from now. */
  expires_at: string
}
