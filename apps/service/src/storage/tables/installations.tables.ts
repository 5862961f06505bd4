import type { AnchorKind, HolderKey, PublicJwk } from '@assay/protocol'
import type { Json } from '../columns.ts'
import type { RememberedEvidence } from '../../attestation/installation.ts'

export interface InstallationTables {
  installations: {
    app: string
    /** JWK thumbprint of the installation key. */
    thumbprint: string
    version_code: number
    holder_key: HolderKey
    anchor_kind: AnchorKind | null
    anchor: string | null
    evidence: Json<RememberedEvidence[]>
    assertion_key: Json<PublicJwk> | null
    assertion_counter: number
    receipt: Uint8Array | null
    binding: string
    /** Milliseconds since 1970. */
    created_at: number
    /** Milliseconds since 1970. */
    seen_at: number
  }
  anchor_enrolments: {
    app: string
    kind: AnchorKind
    anchor: string
    /** Days since 1970, UTC. */
    day: number
    thumbprint: string
  }
  vendor_calls: {
    app: string
    vendor: 'play-integrity'
    /** Days since 1970, UTC. */
    day: number
    calls: number
  }
}
