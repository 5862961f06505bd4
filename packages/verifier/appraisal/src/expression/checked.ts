import type { parse } from '@bufbuild/cel'
import type { PolicyError, PolicyErrorCode } from '../errors/policy-error.ts'
import type { ClaimType, Member } from '@assay/evidence'

/** A parsed expression, or a part of one. */
export type Expression = ReturnType<typeof parse>['expr']

/** An answer to a probe may be of any scalar kind, and is compared with any. */
export type ExpressionType = ClaimType | { readonly kind: 'double' | 'answer' }

export type Literal = string | bigint | number | boolean

/** Names of what is known to be present, such as `evidence.software.live`. */
export type Known = ReadonlySet<string>

/** What is known about an expression before it has ever been evaluated. */
export interface Checked {
  readonly type: ExpressionType
  /** The name of a claim, from `evidence`, `ages` or `installation` on. */
  readonly path?: string
  /** The values of a literal, or of a list of them. */
  readonly literals?: readonly Literal[]
  /** What is present if the expression is true, and if it is false. */
  readonly ifTrue: Known
  readonly ifFalse: Known
}

/** The context in which an expression is checked. */
export interface Scope {
  readonly variables: Readonly<Record<string, { readonly member: Member; readonly path?: string }>>
  readonly known: Known
  /** Depth of the expression within the whole, and whether it is evaluated once for each element of a list. */
  readonly depth: number
  readonly repeated: boolean
  /** Called for each claim that is read. */
  readonly reads: (path: string) => void
  readonly fault: (code: PolicyErrorCode, message: string, at: Expression) => PolicyError
}

const nothing: Known = new Set()

/** An expression that says nothing about what is present. */
export function ofType(type: ExpressionType, more: Pick<Checked, 'path' | 'literals'> = {}): Checked {
  return { type, ifTrue: nothing, ifFalse: nothing, ...more }
}

export function union(a: Known, b: Known): Known {
  return new Set([...a, ...b])
}

export function intersection(a: Known, b: Known): Known {
  return new Set([...a].filter((path) => b.has(path)))
}
