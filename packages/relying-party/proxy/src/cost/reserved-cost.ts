import type { JsonObject, JsonValue } from '@assay/protocol'
import { mostCounted, type ReservedCost } from './cost-rules.ts'

/**
 * Units to reserve for a request. The caller chooses the member, so only a whole number counts: anything else is for the
 * upstream to refuse, and reserves what the route says otherwise.
 */
export function reservedCost(
  { units, member, otherwise }: ReservedCost,
  body: JsonObject | undefined,
): number {
  if (member === undefined) return units
  const value = memberOf(body, member)
  return Math.min(mostCounted, units + (isCount(value) ? value : otherwise))
}

function memberOf(body: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = body
  for (const token of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, token) ? value[token] : undefined
  }
  return value
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
