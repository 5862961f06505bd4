import type { AttestationTrace } from '@assay/protocol/schemas'
import type { Explain, Explanation } from '../faults/explanations.ts'

/** The contents of the EAR of a trace (draft-ietf-rats-ear), in the order in which a person asks for them. */
export interface TraceAppraisal {
  tier: string
  /** `id, version N` of each policy by which it was appraised. */
  policies: string[]
  /** The reasons, the gravest first. */
  reasons: (Explanation & { code: string })[]
  /** The AR4SI vector of each part that was appraised. */
  parts: { part: string; tier: string; vector: Readonly<Record<string, number>> }[]
}

interface Ear {
  ear_status?: unknown
  submods?: unknown
  'urn:assay:ear:reasons'?: unknown
}

interface Appraised {
  ear_status?: unknown
  ear_trustworthiness_vector?: unknown
  ear_appraisal_policy_ids?: unknown
}

/** `null` if the attestation did not get as far as its appraisal. */
export function readEar({ ear }: Pick<AttestationTrace, 'ear'>, explain: Explain): TraceAppraisal | null {
  if (ear === null || typeof ear !== 'object') return null
  const { ear_status: tier, submods, 'urn:assay:ear:reasons': reasons } = ear as Ear
  const parts = Object.entries((submods ?? {}) as Record<string, Appraised>)
  const policies = parts.flatMap(([, { ear_appraisal_policy_ids: ids }]) => textsOf(ids).map(policyInWords))
  return {
    tier: String(tier),
    policies: [...new Set(policies)],
    reasons: textsOf(reasons).map((code) => ({ code, ...explain(code) })),
    parts: parts.map(([part, { ear_status: status, ear_trustworthiness_vector: vector }]) => ({
      part,
      tier: String(status),
      vector: (vector ?? {}) as Record<string, number>,
    })),
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** The URI ends with id and version. */
function policyInWords(uri: string): string {
  const [id = '', version = ''] = uri.split('/').slice(-2)
  return `${id}, version ${version}`
}

/** `executables 2, runtime-opaque 32`. */
export function claimsInWords(vector: Readonly<Record<string, number>>): string {
  const claims = Object.entries(vector).map(([claim, value]) => `${claim} ${value}`)
  return claims.join(', ') || 'nothing asserted'
}
