import type { EvidenceItem, EvidencePurpose } from '@assay/protocol'
import type { EvidenceSource } from '../ports.ts'

/** Platform evidence for one exchange, of which only the commitment is missing. */
export interface Collectable {
  /** Kinds of evidence that follow, as client data names them. */
  formats: string[]
  /** Evidence that commits to `binding`. */
  collect(binding: string): Promise<EvidenceItem[]>
}

/** Asks for platform evidence. Clients for platforms that have none do without: it is no part of their code. */
export type Collector = (purpose: EvidencePurpose) => Promise<Collectable>

/** Asks all sources, and keeps their order. */
export function collectorOf(sources: readonly EvidenceSource[]): Collector {
  return async (purpose) => {
    const prepared = await Promise.all(sources.map(async (source) => source.prepare(purpose)))
    const pieces = prepared.filter((piece) => piece !== undefined)
    return {
      formats: pieces.map(({ format }) => format),
      collect: (binding) =>
        Promise.all(
          pieces.map(async (piece) => ({ ...(await piece.collect(binding)), format: piece.format })),
        ),
    }
  }
}
