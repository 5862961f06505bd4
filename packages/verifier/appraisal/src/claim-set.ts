import type { ProbeAnswer } from '@assay/protocol'
import type { Verified } from '@assay/evidence'

/** Where a claim stands: the name of the format, then member by member. A list, because names may hold dots. */
export type ClaimPath = readonly [format: string, member: string, ...members: string[]]

/** The verified claims that a policy is evaluated over, by format. */
export interface ClaimSet {
  /** Names of the formats, in the order of the evidence. */
  readonly formats: readonly string[]
  /** Unix seconds. */
  readonly now: number
  /** The value of a claim; `undefined` where it is not there. */
  read(path: ClaimPath): unknown
}

/** A value that a claim is compared with. */
export type ClaimValue = ProbeAnswer

/** `undefined` when two pieces of evidence are of one format. */
export function claimSet(evidence: readonly Verified<unknown>[], now: number): ClaimSet | undefined {
  const byFormat = new Map(evidence.map(({ format, claims }) => [format, claims]))
  if (byFormat.size !== evidence.length) return undefined
  return {
    formats: [...byFormat.keys()],
    now,
    read: ([format, ...members]) => members.reduce(member, byFormat.get(format)),
  }
}

function member(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
