import { decodeUtf8, isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '@assay/protocol'
import { meetsDemand } from '../routes/demand.ts'
import type { JsonRule } from '../routes/route.ts'

const deepest = 64

/** A body that meets the demands of its route. */
export interface JudgedBody {
  readonly ok: true
  readonly value: JsonObject
  /** What is sent: what was judged, and nothing that another reader may take for more. */
  readonly text: string
}

export type BodyFault = 'PROXY_BODY_MALFORMED' | 'PROXY_BODY_NOT_ADMITTED'

/** Reads a body, sets what the route sets, and judges what it demands. */
export function judgeBody(bytes: Uint8Array, rule: JsonRule): JudgedBody | { ok: false; code: BodyFault } {
  const text = decodeUtf8(bytes)
  const parsed =
    text === undefined ? undefined : parseStrictJson(text, { maxLength: text.length, maxDepth: deepest })
  if (parsed?.ok !== true || !isJsonObject(parsed.value)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  const body = parsed.value
  if (hasUnsafeInteger(body)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  for (const { path, value } of rule.sets)
    if (!setMember(body, path, value)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  for (const { path, demand } of rule.demands) {
    const found = memberAt(body, path)
    if (found === ambiguous) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
    if (!meetsDemand(found, demand)) return { ok: false, code: 'PROXY_BODY_NOT_ADMITTED' }
  }
  return { ok: true, value: body, text: JSON.stringify(body) }
}

const ambiguous = Symbol('ambiguous')

/** Some upstreams read names without regard to case: another spelling of a demanded name would be a second value. */
function memberAt(body: JsonObject, path: readonly string[]): JsonValue | undefined | typeof ambiguous {
  let at: JsonValue | undefined = body
  for (const name of path) {
    if (at === undefined || !isJsonObject(at)) return undefined
    if (hasOtherSpelling(at, name)) return ambiguous
    at = Object.hasOwn(at, name) ? at[name] : undefined
  }
  return at
}

/** Whether it could be set: what is on the way must be an object. */
function setMember(body: JsonObject, path: readonly string[], value: JsonValue): boolean {
  let at = body
  for (const [index, name] of path.entries()) {
    if (hasOtherSpelling(at, name)) return false
    if (index === path.length - 1) {
      at[name] = value
      return true
    }
    const next = Object.hasOwn(at, name) ? at[name] : (at[name] = {})
    if (next === undefined || !isJsonObject(next)) return false
    at = next
  }
  return false
}

function hasOtherSpelling(object: JsonObject, name: string): boolean {
  const folded = fold(name)
  return Object.keys(object).some((other) => other !== name && fold(other) === folded)
}

/** Upper case folds more than lower case does, such as the Kelvin sign and the long s. */
function fold(name: string): string {
  return name.normalize('NFKC').toUpperCase()
}

/** It would be sent as another number than came. */
function hasUnsafeInteger(value: JsonValue): boolean {
  const open: JsonValue[] = [value]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === 'number') {
      if (!Number.isFinite(each) || (Number.isInteger(each) && !Number.isSafeInteger(each))) return true
    } else if (typeof each === 'object' && each !== null) open.push(...Object.values(each))
  }
  return false
}
