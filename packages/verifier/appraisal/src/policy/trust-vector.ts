import type { Tier } from '@assay/protocol'

/** Parts of an attester that an EAR distinguishes: the app, the device that it runs on, the installation key. */
export const submodules = ['app', 'device', 'key'] as const
export type Submodule = (typeof submodules)[number]

/** Trustworthiness claims of AR4SI (draft-ietf-rats-ar4si-06 section 2.3). */
export const trustworthinessClaims = [
  'instance-identity',
  'configuration',
  'executables',
  'file-system',
  'hardware',
  'runtime-opaque',
  'storage-opaque',
  'sourced-data',
] as const
export type TrustworthinessClaim = (typeof trustworthinessClaims)[number]

/** AR4SI values, signed 8-bit integers, of one part. A missing claim is not asserted. */
export type TrustVector = { readonly [Claim in TrustworthinessClaim]?: number }

/** The vector of each part. It would help attackers to tune their attacks, so it stays on the server. */
export type AppraisalVector = { readonly [Part in Submodule]?: TrustVector }

/** @throws RangeError unless `value` is a signed 8-bit integer */
export function tierOfValue(value: number): Tier {
  if (!Number.isInteger(value) || value < -128 || value > 127)
    throw new RangeError('an AR4SI value is a signed 8-bit integer')
  if (value >= 96 || value <= -97) return 'contraindicated'
  if (value >= 32 || value <= -33) return 'warning'
  if (value >= 2 || value <= -2) return 'affirming'
  return 'none'
}

const severity: Record<Tier, number> = { none: 0, affirming: 1, warning: 2, contraindicated: 3 }

/**
 * The worst of tiers that have been asserted. `none` asserts nothing, and is the outcome only if nothing is asserted at
 * all (draft-ietf-rats-ear-03: a status is not better than the worst value).
 */
export function worstTier(tiers: readonly Tier[]): Tier {
  return tiers.reduce((worst, tier) => (severity[tier] > severity[worst] ? tier : worst), 'none')
}

/** Orders tiers from worst to best. */
export function bySeverity(a: Tier, b: Tier): number {
  return severity[b] - severity[a]
}

/** The best tier that a part's vector allows. */
export function tierOfVector(vector: TrustVector): Tier {
  return worstTier(Object.values(vector).map(tierOfValue))
}

/**
 * All vectors as one. If two assert the same claim, the value that comes first in AR4SI's order counts: standard
 * before non-standard contraindicated, then warning, then affirming, then 0 or −1.
 *
 * @throws RangeError for a value that is not a signed 8-bit integer
 */
export function mergeVectors(vectors: readonly AppraisalVector[]): AppraisalVector {
  const merged: Partial<Record<Submodule, TrustVector>> = {}
  for (const part of submodules) {
    const asserted = vectors.map((vector) => vector[part]).filter((vector) => vector !== undefined)
    if (asserted.length > 0) merged[part] = asserted.reduce(mergeParts)
  }
  return merged
}

function mergeParts(one: TrustVector, other: TrustVector): TrustVector {
  const merged: Partial<Record<TrustworthinessClaim, number>> = { ...one }
  for (const claim of trustworthinessClaims) {
    const value = other[claim]
    if (value === undefined) continue
    const known = merged[claim]
    merged[claim] = known === undefined ? value : worse(known, value)
  }
  return merged
}

function worse(a: number, b: number): number {
  const difference = bySeverity(tierOfValue(a), tierOfValue(b))
  if (difference !== 0) return difference < 0 ? a : b
  return Math.max(a, b)
}
