import { withInjected, type Target } from '../request/target.ts'
import type { FieldFilter } from '../request/fields.ts'
import type { Route } from '../routes/route.ts'

/** Names and values in turn. */
type FlatFields = string[]

/** The path at the upstream, with the parameters that the route injects; `null` if the query hides one of them. */
export function upstreamPath({ upstream, injected }: Route, { path, query }: Target): string | null {
  const parameters = injected.query.map(({ name, secret }) => ({ name, value: secret.value }))
  const sent = withInjected(query, parameters)
  if (sent === null) return null
  return upstream.path + path + (sent === undefined ? '' : `?${sent}`)
}

export interface FieldsSent {
  readonly passes: FieldFilter
  readonly needsIdentity: boolean
  /** Bytes of the body, if it was read; undefined: it is framed as it came. */
  readonly newLength: number | undefined
}

/** The caller's fields that may pass, and those that the route injects. */
export function upstreamFields(
  { injected }: Route,
  rawHeaders: readonly string[],
  { passes, needsIdentity, newLength }: FieldsSent,
): FlatFields {
  const fields: FlatFields = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (passes(name) && !(newLength !== undefined && name.toLowerCase() === 'content-length'))
      fields.push(name, rawHeaders[at + 1] as string)
  }
  if (newLength !== undefined) fields.push('content-length', String(newLength))
  if (needsIdentity) fields.push('accept-encoding', 'identity')
  for (const { name, secret } of injected.fields) fields.push(name, secret.value)
  return fields
}
