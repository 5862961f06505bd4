import { pageFields } from '@assay/guard/node'

/** Seconds for which a browser remembers a preflight. */
const remembered = '600'
const exposed = 'Access-Control-Expose-Headers'
const fieldNames = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}(?:\s*,\s*[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}){0,63}$/

/** {@link pageFields}, with every field that an upstream sends. Credentials of the browser are never allowed: a call has its token. */
export function corsFields(
  origins: readonly string[],
  sent: readonly string[],
): Readonly<Record<string, string>> {
  const fields = pageFields({ origins }, sent)
  const names = fields[exposed]
  return names === undefined ? fields : { ...fields, [exposed]: `*, ${names}` }
}

export interface Preflight {
  readonly method: string
  /** As the browser lists them. */
  readonly fields: string | undefined
}

/** A preflight: an OPTIONS with an origin that asks for a method. */
export function readPreflight(
  method: string,
  origin: string | undefined,
  asksFor: string | undefined,
  fields: string | undefined,
): Preflight | undefined {
  return method === 'OPTIONS' && origin !== undefined && asksFor !== undefined
    ? { method: asksFor, fields }
    : undefined
}

/** Fields of the answer to a preflight for an existing route, besides {@link corsFields}. */
export function preflightFields({ method, fields }: Preflight): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': method,
    ...(fields !== undefined && fieldNames.test(fields) ? { 'Access-Control-Allow-Headers': fields } : {}),
    'Access-Control-Max-Age': remembered,
  }
}
