/** Why a text was refused by {@link parseStrictJson}. */
export const jsonFaults = ['syntax', 'duplicate_member', 'too_deep', 'too_large', 'lone_surrogate'] as const
export type JsonFault = (typeof jsonFaults)[number]

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export type JsonObject = { [name: string]: JsonValue }

export type JsonOutcome = { ok: true; value: JsonValue } | { ok: false; fault: JsonFault }

/** Bounds of {@link parseStrictJson}. */
export interface JsonBounds {
  /** UTF-16 units. */
  maxLength: number
  /** Nesting of arrays and objects. */
  maxDepth: number
  /** Arrays, objects, members and elements in total; by default as many as fit into the text. */
  maxItems?: number
}

/**
 * `JSON.parse` with further restrictions: no duplicate members (RFC 8259 section 4 leaves their meaning open, so two
 * parsers could trust different things), no nesting beyond `maxDepth`, no text beyond `maxLength`, no more values than
 * `maxItems`, no lone surrogates, no member named `__proto__`.
 *
 * The text is walked once before `JSON.parse` sees it, without recursion, so depth costs no stack.
 */
export function parseStrictJson(text: string, bounds: JsonBounds): JsonOutcome {
  if (text.length > bounds.maxLength) return { ok: false, fault: 'too_large' }
  const fault = walk(text, bounds)
  if (fault !== undefined) return { ok: false, fault }
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue }
  } catch {
    return { ok: false, fault: 'syntax' }
  }
}

/** A backslash or half of a surrogate pair. Without them a string ends at the next quote and means what it shows. */
const needsCare = /[\\\ud800-\udfff]/

/** Looks at strings and brackets only; everything between them is left to `JSON.parse`. */
function walk(text: string, { maxDepth, maxItems = text.length }: JsonBounds): JsonFault | undefined {
  const isPlain = !needsCare.test(text)
  const open: (Set<string> | undefined)[] = []
  let expectName = false
  let itemsLeft = maxItems
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: {
        const end = isPlain ? text.indexOf('"', i + 1) : endOfString(text, i)
        if (end === -1) return 'syntax'
        const names = expectName ? open[open.length - 1] : undefined
        const fault = isPlain
          ? names && checkName(text.slice(i + 1, end), names)
          : checkString(text.slice(i, end + 1), names)
        if (fault !== undefined) return fault
        expectName = false
        i = end
        break
      }
      case 0x7b:
      case 0x5b: {
        if (open.length >= maxDepth) return 'too_deep'
        if (itemsLeft-- <= 0) return 'too_large'
        const isObject = text[i] === '{'
        open.push(isObject ? new Set() : undefined)
        expectName = isObject
        break
      }
      case 0x7d:
      case 0x5d:
        if (open.length === 0) return 'syntax'
        open.pop()
        expectName = false
        break
      case 0x2c:
        if (itemsLeft-- <= 0) return 'too_large'
        expectName = open[open.length - 1] !== undefined
        break
      default:
    }
  }
  return open.length === 0 ? undefined : 'syntax'
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) return i
    if (code === 0x5c) i++
  }
  return -1
}

/** With the flag `u` a well-formed pair is one character, so only lone surrogates match. */
const loneSurrogate = /[\ud800-\udfff]/u

/** `names` is set if the string is the name of a member. Names are compared after unescaping. */
function checkString(literal: string, names: Set<string> | undefined): JsonFault | undefined {
  let value = literal.slice(1, -1)
  if (value.includes('\\')) {
    try {
      value = JSON.parse(literal) as string
    } catch {
      return 'syntax'
    }
  }
  if (loneSurrogate.test(value)) return 'lone_surrogate'
  return names && checkName(value, names)
}

function checkName(value: string, names: Set<string>): JsonFault | undefined {
  if (value === '__proto__') return 'syntax'
  if (names.has(value)) return 'duplicate_member'
  names.add(value)
  return undefined
}

/** Whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object in `text`; `undefined` for anything else, and for what {@link parseStrictJson} refuses. */
export function parseJsonObject(text: string, bounds: JsonBounds): JsonObject | undefined {
  const parsed = parseStrictJson(text, bounds)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined
}
