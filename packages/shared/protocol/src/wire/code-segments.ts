import type { SegmentKind } from './provisioning.ts'

/** First bytes of Hermes bytecode, and of its delta form. */
const hermesMagics = [
  [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f],
  [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
]

const scriptName = /\.(js|mjs|cjs|jsbundle|bundle|wasm|html|htm)$/i

/** Bytes that {@link codeSegmentKind} wants to see of a file. */
export const codeSegmentHead = 8

/**
 * Whether a file of a build is executed, and as what: the rule by which registration and every reader agree on what
 * a code image holds. `undefined` for what is not a segment.
 *
 * @param path Path inside the build, `/` between its parts.
 * @param head The file's first {@link codeSegmentHead} bytes, or all there are.
 */
export function codeSegmentKind(
  format: 'apk' | 'web',
  path: string,
  head: Uint8Array,
): SegmentKind | undefined {
  if (format === 'apk') {
    if (/^classes[0-9]*\.dex$/.test(path)) return 'dex'
    if (/^lib\/[^/]+\/[^/]+\.so$/.test(path)) return 'native'
    if (!path.startsWith('assets/')) return undefined
  }
  if (hermesMagics.some((magic) => magic.every((byte, i) => head[i] === byte))) return 'hermes'
  return scriptName.test(path) ? 'script' : undefined
}
