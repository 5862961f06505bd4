import type { OpenJwt } from '../open/open-jwt.ts'
import type { OpenCase, OpenStep, OpenText } from '../open/open-case.ts'

/** One change to a case. An edit that finds nothing to change does nothing, so that any list of edits may lose some. */
export interface Edit {
  /** For those who read the case. */
  readonly does: string
  apply(to: OpenCase): void
}

/** The element that a number chooses, whatever number of them there are. */
export function chosen<T>(from: readonly T[], at: number): T | undefined {
  return from[at % from.length]
}

export function stepAt({ steps }: OpenCase, at: number): OpenStep | undefined {
  return chosen(steps, at)
}

/** Those of the fields, of all steps, before those that are served. */
export function textsOf({ steps }: OpenCase): OpenText[] {
  return [
    ...steps.flatMap(({ fields }) => fields.map(({ value }) => value)),
    ...steps.flatMap(({ documents }) => Object.values(documents).flatMap(({ text }) => text ?? [])),
  ]
}

export function jwtsOf(open: OpenCase): OpenJwt[] {
  return textsOf(open).flatMap(({ jwt }) => jwt ?? [])
}
