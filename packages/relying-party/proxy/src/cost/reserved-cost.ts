import type { JsonObject, JsonValue } from '@assay/protocol'
import { mostCounted, type ReservedCost } from './cost-rules.ts'

/** Units that are reserved for a request. */
export interface Reserved {
  readonly units: number
  /** Those of them that its input may cost: an answer may state that part early. */
  readonly input: number
}

/**
 * Units to reserve for a request. The caller chooses the members, so only whole numbers count: anything else is for the
 * upstream to refuse, and reserves what the route says otherwise.
 *
 * @param bytes of the body that is sent
 */
export function reservedCost(rules: ReservedCost, body: JsonObject | undefined, bytes: number): Reserved {
  const { fixed, perByte, perItem, members, otherwise } = rules
  let input = perByte * bytes
  for (const { path, units } of perItem) input += units * itemsAt(body, path)
  input = Math.min(mostCounted, Math.ceil(input))
  let output = fixed
  let isBounded = members.length === 0
  let isSound = true
  for (const path of members) {
    const value = memberOf(body, path)
    if (value === undefined || value === null) continue
    if (isCount(value)) {
      output += value
      isBounded = true
    } else isSound = false
  }
  if (!isBounded || !isSound) output += otherwise
  return { units: Math.min(mostCounted, input + output), input }
}

function memberOf(body: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = body
  for (const token of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, token) ? value[token] : undefined
  }
  return value
}

/** How many values a path leads to, where `*` is any member or item; of an array at its end, its items. */
function itemsAt(value: JsonValue | undefined, path: readonly string[], at = 0): number {
  if (value === undefined || value === null) return 0
  const token = path[at]
  if (token === undefined) return Array.isArray(value) ? value.length : 1
  if (typeof value !== 'object') return 0
  if (token !== '*') return Array.isArray(value) ? 0 : itemsAt(memberOf(value, [token]), path, at + 1)
  let count = 0
  for (const each of Object.values(value)) count += at === path.length - 1 ? 1 : itemsAt(each, path, at + 1)
  return count
}

function isCount(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
