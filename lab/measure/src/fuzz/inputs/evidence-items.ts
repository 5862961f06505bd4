import { parseStrictJson } from '@assay/protocol'

/**
 * The evidence item that an input stands for: itself where it is the JSON of one, as the service takes it apart, and
 * otherwise bytes around which `wrap` puts an item.
 */
export function itemOf(input: Uint8Array, wrap: (bytes: Uint8Array) => unknown): unknown {
  if (input[0] !== 0x7b) return wrap(input)
  const json = parseStrictJson(Buffer.from(input).toString('utf8'), { maxLength: 200_000, maxDepth: 16 })
  return json.ok ? json.value : wrap(input)
}
