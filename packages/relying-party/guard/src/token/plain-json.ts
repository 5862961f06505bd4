import type { JsonObject } from '@assay/protocol'

/** Anything but printable ASCII, and the backslash: without them a string ends at the next quote. */
const unusual = /[^\x20-\x5b\x5d-\x7e]/

/**
 * The object in a text as SDKs and issuers write it, read by `JSON.parse` alone; `undefined` for every other text,
 * valid or not, which the strict reader has to judge.
 *
 * No duplicate member can have been dropped: each name and each string of a plain text has two quotes, so the result
 * would account for fewer quotes than the text has.
 */
export function readPlainObject(text: string, maxDepth: number): JsonObject | undefined {
  if (unusual.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  return quotesOf(value as JsonObject, maxDepth) === quotesIn(text) ? (value as JsonObject) : undefined
}

function quotesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count
}

/** The number of quotes needed to write `object`; `NaN`, which equals no number, if it is not plain. */
function quotesOf(object: JsonObject, maxDepth: number): number {
  if (maxDepth === 0 || Array.isArray(object)) return NaN
  let count = 0
  for (const name in object) {
    if (name === '__proto__') return NaN
    const value = object[name]
    count += 2
    if (typeof value === 'string') count += 2
    else if (typeof value === 'object' && value !== null) count += quotesOf(value as JsonObject, maxDepth - 1)
  }
  return count
}
