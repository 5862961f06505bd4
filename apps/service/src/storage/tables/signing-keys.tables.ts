import type { TokenAlgorithm } from '@assay/protocol'

export interface SigningKeyTables {
  signing_keys: {
    kid: string
    /** 1, 2, 3 …: the order in which keys were made. */
    number: number
    alg: TokenAlgorithm
    /** Sealed PKCS #8. */
    sealed: Uint8Array
    /** Milliseconds since 1970, these three. */
    created_at: number
    activate_at: number
    retire_at: number | null
  }
}
