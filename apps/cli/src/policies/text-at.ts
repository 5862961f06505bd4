import type { JsonValue } from '@assay/protocol'

const longest = 400

/** The value at a JSON pointer (RFC 6901), shortened for reading; `undefined` if there is none. */
export function textAt(document: JsonValue, pointer: string): string | undefined {
  let value: JsonValue | undefined = document
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, JsonValue>)[name]
  }
  if (value === undefined || pointer === '') return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
