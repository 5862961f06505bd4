import { decodeUtf8, isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '@assay/protocol'
import { unallowedMember } from '../routes/allowed-members.ts'
import { pointerTo } from './json-pointer.ts'
import { meetsDemand } from '../routes/demand.ts'
import type { JsonRule } from '../routes/route.ts'

const deepest = 64

/** A body that meets the demands of its route. */
export interface JudgedBody {
  readonly ok: true
  readonly value: JsonObject
  /** The text to send: exactly what was judged, with nothing that another reader may take for more. */
  readonly text: string
}

export type BodyFault = 'PROXY_BODY_MALFORMED' | 'PROXY_BODY_NOT_ADMITTED'

export interface RefusedBody {
  readonly ok: false
  readonly code: BodyFault
  /** JSON pointer to the member that is not admitted. */
  readonly member?: string
}

/** Reads a body, judges which members it has, sets what the route sets, and judges what it demands. */
export function judgeBody(bytes: Uint8Array, rule: JsonRule): JudgedBody | RefusedBody {
  const text = decodeUtf8(bytes)
  const parsed =
    text === undefined ? undefined : parseStrictJson(text, { maxLength: text.length, maxDepth: deepest })
  if (parsed?.ok !== true || !isJsonObject(parsed.value)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  const body = parsed.value
  if (hasUnsafeInteger(body)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  const unallowed = rule.only === undefined ? undefined : unallowedMember(body, rule.only)
  if (unallowed !== undefined) return { ok: false, code: 'PROXY_BODY_NOT_ADMITTED', member: unallowed }
  for (const { path, value, when } of rule.sets) {
    const found = when.map(({ path: at }) => memberAt(body, at))
    if (found.includes(ambiguous)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
    if (!when.every(({ value: demanded }, at) => found[at] === demanded)) continue
    if (!setMember(body, path, value)) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
  }
  for (const { path, demand } of rule.demands) {
    const found = memberAt(body, path)
    if (found === ambiguous) return { ok: false, code: 'PROXY_BODY_MALFORMED' }
    if (!meetsDemand(found, demand))
      return { ok: false, code: 'PROXY_BODY_NOT_ADMITTED', member: pointerTo(path) }
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
  for (const other in object)
    if (other !== name && mayFold(other, folded) && fold(other) === folded) return true
  return false
}

/** No character folds into more than four: a body may have many names, and most are of another length. */
function mayFold(other: string, folded: string): boolean {
  return other.length <= 4 * folded.length && 18 * other.length >= folded.length
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
    } else if (typeof each === 'object' && each !== null)
      for (const member of Object.values(each)) open.push(member)
  }
  return false
}
