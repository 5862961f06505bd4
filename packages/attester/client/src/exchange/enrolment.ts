import {
  bindingInput,
  encodeBase64url,
  labelOf,
  concat,
  type ChallengeRequest,
  type ChallengeResponse,
  type EvidenceItem,
  type EvidencePurpose,
  type ProblemCode,
} from '@assay/protocol'
import { decodeBase64url } from '@assay/protocol/encodings'
import { shapeOf, type MeasurementCrypto } from '@assay/measurement'
import { AssayClientError } from '../errors/error.ts'
import type { AnyKeyStore, AttestedKeyStore, EvidenceSource, InstallationKey } from '../runtime/ports.ts'
import type { ClientOptions } from '../options/options.ts'
import { nameOf } from '../grant/grant.ts'
import type { Unchecked } from '../wire/answers.ts'

/**
 * The additional part of an exchange on platforms with evidence. Web apps do without it: it is not part of their code.
 */
export interface Enrolment {
  /**
   * @param key as in its store; none if it has yet to be made and attested
   * @param again whether what is known about the key no longer counts: it has to enrol
   */
  begin(key: InstallationKey | undefined, anew: boolean): Begun
  /** A token was issued for the key. */
  granted(key: InstallationKey): Promise<void>
}

/** One exchange that enrols or refreshes. */
export interface Begun {
  /** What the challenge request says about it. */
  asks(): Promise<Pick<ChallengeRequest, 'purpose' | 'abi' | 'shape'>>
  /** Whether the key is made for the challenge, so that the request names none. */
  readonly makesKey: boolean
  /** @throws AssayClientError `evidence_failed`; `response_invalid` for an unknown purpose */
  prepare(answer: Unchecked<ChallengeResponse>): Promise<Ready>
}

/** Platform evidence for one exchange, complete except for the commitment. */
export interface Ready {
  key: InstallationKey
  /** Kinds of evidence that follow, as client data names them. */
  formats: string[]
  /** Evidence that commits to these bytes of client data. @throws AssayClientError `evidence_failed` */
  collect(clientData: Uint8Array): Promise<EvidenceItem[]>
}

export interface EnrolmentOptions {
  sources: readonly EvidenceSource[]
  keyStore: AnyKeyStore
  crypto: MeasurementCrypto
  abi: string | undefined
  /** Of which the request tells the shape, unless it is yet to be opened. */
  image: ClientOptions['image']
}

/** Asks all sources, and keeps their order; evidence that a key was made with comes first. */
export function createEnrolment({ sources, keyStore, crypto, abi, image }: EnrolmentOptions): Enrolment {
  /** The key that enrolled in this process. */
  let enrolled: string | undefined

  const isEnrolled = (key: InstallationKey) => key.isEnrolled === true || nameOf(key) === enrolled

  /** A key in the platform's hardware, made for this challenge: the only thing that it can commit to. */
  async function attest(challenge: unknown) {
    const bytes = decodeBase64url(challenge as string)
    if (!bytes) throw new AssayClientError('response_invalid')
    const commitment = await crypto.sha256([concat(labelOf('android-key'), bytes)])
    return (keyStore as AttestedKeyStore).attest(encodeBase64url(commitment))
  }

  /** What opens its image by coverage has none before it knows the plan. */
  const shape = async () => (typeof image === 'function' ? undefined : shapeOf(image.segments, abi, crypto))

  return {
    begin(known, anew) {
      const purpose = known && !anew && isEnrolled(known) ? 'refresh' : 'enrolment'
      const makesKey = purpose === 'enrolment' && keyStore.attest !== undefined
      return {
        asks: async () => ({ purpose, abi, shape: await shape() }),
        makesKey,
        async prepare({ evidence, attestation_challenge }) {
          if (evidence !== undefined && !isPurpose(evidence)) throw new AssayClientError('response_invalid')
          const made = makesKey ? await collecting(purpose, () => attest(attestation_challenge)) : undefined
          const key = made?.key ?? known
          if (!key) throw new AssayClientError('key_store_failed')
          if (!evidence) return { key, formats: [], collect: async () => [] }
          const wanted = anew ? 'enrolment' : evidence
          const pieces = await collecting(wanted, async () => {
            const prepared = await Promise.all(sources.map(async (source) => source.prepare(wanted)))
            return prepared.filter((piece) => piece !== undefined)
          })
          const first = made ? [made.evidence] : []
          return {
            key,
            formats: [...first, ...pieces].map(({ format }) => format),
            collect: (clientData) =>
              collecting(wanted, async () => {
                const binding = encodeBase64url(await crypto.sha256([bindingInput(clientData)]))
                const others = pieces.map(async (piece) => ({
                  ...(await piece.collect(binding)),
                  format: piece.format,
                }))
                return [...first, ...(await Promise.all(others))]
              }),
          }
        },
      }
    },
    async granted(key) {
      if (isEnrolled(key)) return
      enrolled = nameOf(key)
      // If it is not kept, the next start costs an enrolment.
      await keyStore.enrolled?.(key)?.catch(() => undefined)
    },
  }
}

function isPurpose(value: unknown): value is EvidencePurpose {
  return value === 'enrolment' || value === 'refresh'
}

/**
 * A source that fails at a refresh has nothing to refresh: an enrolment may cure this, as when the service asks for
 * one.
 */
function collecting<T>(purpose: EvidencePurpose, work: () => Promise<T>): Promise<T> {
  const problem: ProblemCode | undefined = purpose === 'refresh' ? 'enrolment_required' : undefined
  return work().catch((cause: unknown) => {
    if (cause instanceof AssayClientError) throw cause
    throw new AssayClientError('evidence_failed', { cause, problem })
  })
}
