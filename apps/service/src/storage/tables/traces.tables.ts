import type { AttestationTrace } from '@assay/protocol'
import type { Json } from '../columns.ts'

export interface TraceTables {
  attestation_traces: {
    trace: string
    /** Milliseconds since 1970. */
    happened_at: number
    app: string
    build: string
    outcome: AttestationTrace['outcome']
    code: string
    segments: Json<string[]>
    ear: Json<unknown> | null
  }
}
