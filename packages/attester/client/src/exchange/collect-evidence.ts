import {
  bindingInput,
  encodeBase64url,
  type EvidenceItem,
  type EvidencePurpose,
  type ProblemCode,
} from '@assay/protocol'
import type { MeasurementCrypto } from '@assay/measurement'
import { AssayClientError } from '../error.ts'
import type { EvidenceSource } from '../ports.ts'

/** Platform evidence for one exchange, of which only the commitment is missing. */
export interface Collectable {
  /** Kinds of evidence that follow, as client data names them. */
  formats: string[]
  /** Evidence that commits to these bytes of client data. @throws AssayClientError `evidence_failed` */
  collect(clientData: Uint8Array): Promise<EvidenceItem[]>
}

/**
 * Asks for platform evidence. Clients for platforms that have none do without: it is no part of their code.
 *
 * @param purpose as the service names it
 * @param enrols whether evidence of a refresh would not do any more
 * @throws AssayClientError `evidence_failed`; `response_invalid` for another purpose than those known
 */
export type Collector = (purpose: unknown, enrols: boolean) => Promise<Collectable | undefined>

/** Asks all sources, and keeps their order. */
export function collectorOf(sources: readonly EvidenceSource[], crypto: MeasurementCrypto): Collector {
  return async (wanted, enrols) => {
    if (wanted === undefined) return undefined
    if (!isPurpose(wanted)) throw new AssayClientError('response_invalid')
    const purpose = enrols ? 'enrolment' : wanted
    const pieces = await collecting(purpose, async () => {
      const prepared = await Promise.all(sources.map(async (source) => source.prepare(purpose)))
      return prepared.filter((piece) => piece !== undefined)
    })
    return {
      formats: pieces.map(({ format }) => format),
      collect: (clientData) =>
        collecting(purpose, async () => {
          const binding = encodeBase64url(await crypto.sha256([bindingInput(clientData)]))
          return Promise.all(
            pieces.map(async (piece) => ({ ...(await piece.collect(binding)), format: piece.format })),
          )
        }),
    }
  }
}

function isPurpose(value: unknown): value is EvidencePurpose {
  return value === 'enrolment' || value === 'refresh'
}

/** A source that fails at a refresh has nothing to refresh: as when the service says so, an enrolment may cure it. */
function collecting<T>(purpose: EvidencePurpose, work: () => Promise<T>): Promise<T> {
  const problem: ProblemCode | undefined = purpose === 'refresh' ? 'enrolment_required' : undefined
  return work().catch((cause: unknown) => {
    throw new AssayClientError('evidence_failed', { cause, problem })
  })
}
