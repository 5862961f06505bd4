import type { ApiKeyScope } from '@assay/protocol'

export interface ApiKeyTables {
  api_keys: {
    id: string
    name: string
    scope: ApiKeyScope
    /** The first characters of the secret, by which a person tells keys apart. */
    prefix: string
    /** SHA-256 of the secret, lower-case hex. */
    hash: string
    /** Milliseconds since 1970. */
    created_at: number
  }
  api_key_apps: {
    key: string
    app: string
  }
}
