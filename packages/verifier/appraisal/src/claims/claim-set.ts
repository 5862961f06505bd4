import { invalidArgument } from '@assay/protocol'
import type { ProbeAnswer } from '@assay/protocol'
import type { AppraisalFacts, BootKeys } from './facts.ts'

/**
 * The path of a claim: the name of the format, then member by member; or a fact (`installation`, `ages`, …), and a
 * member. A list, because names may hold dots.
 */
export type ClaimPath = readonly [format: string, member: string, ...members: string[]]

/** The verified claims that a policy is evaluated over, by format. */
export interface ClaimSet {
  /** Names of the formats, in the order of the evidence. */
  readonly formats: readonly string[]
  /** Unix seconds. */
  readonly now: number
  /** The value of a claim; `undefined` if it is missing. */
  read(path: ClaimPath): unknown
}

/** What one format says. */
export interface FormatClaims {
  readonly format: string
  readonly claims: unknown
}

/** A value that a claim is compared with. */
export type ClaimValue = ProbeAnswer

/** What paths and expressions have besides formats. */
const reserved = ['evidence', 'installation', 'registered', 'missing', 'unread', 'ages', 'bootKeys', 'now']

/**
 * `undefined` if two pieces of evidence have the same format.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a format that is named like a fact
 */
export function claimSet(
  evidence: readonly FormatClaims[],
  now: number,
  facts?: AppraisalFacts,
  bootKeys?: BootKeys,
): ClaimSet | undefined {
  const byFormat = new Map(evidence.map(({ format, claims }) => [format, claims]))
  if (reserved.some((name) => byFormat.has(name))) throw invalidArgument('a format is named like a fact')
  if (byFormat.size !== evidence.length) return undefined
  const readable = new Map<string, unknown>([
    ...byFormat,
    ['installation', facts?.installation],
    ['registered', facts?.registered],
    ['missing', facts && { formats: facts.missing }],
    ['unread', facts && { formats: facts.unread.map(({ format }) => format) }],
    ['ages', facts?.ages],
    ['bootKeys', { given: bootKeys }],
  ])
  return {
    formats: [...byFormat.keys()],
    now,
    read: ([format, ...members]) => members.reduce(member, readable.get(format)),
  }
}

function member(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
