import type { AnchorKind } from '@assay/protocol'

export interface BanTables {
  anchor_bans: {
    app: string
    kind: AnchorKind
    anchor: string
    /** Milliseconds since 1970. */
    created_at: number
  }
}
