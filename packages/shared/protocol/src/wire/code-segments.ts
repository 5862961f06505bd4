import type { Build, SegmentKind } from './provisioning.ts'

/** First bytes of Hermes bytecode, and of its delta form. */
const hermesMagics = [
  [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f],
  [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
]

/** Bytes that {@link scriptKind} wants to see of a file. */
export const codeSegmentHead = 8

/** What an engine or a web view executes: text and bytecode of scripts, WebAssembly, and pages, which hold scripts. */
const scriptName = /\.(?:js|mjs|cjs|jsx|html?|xhtml|wasm|bundle|jsbundle|hbc)$/i

/** Code of .NET apps: assemblies of Xamarin, MAUI and of Unity's Mono back end. */
const assemblyName = /^assemblies\/.+\.(?:dll|blob)$|^assets\/bin\/Data\/Managed\/.+\.dll$/

/** Folders of an iOS app that hold other programs, each with an identity of its own, and what the store rewrites. */
const besideIosApp = /^(?:PlugIns|Extensions|Watch|AppClips|XPCServices|_CodeSignature|SC_Info)\//

/**
 * Whether a file of a build is executed, and as what, as far as its name tells: the rule by which registration and
 * every reader agree on what a code image holds. `undefined` for what is not a segment.
 *
 * @param path Path inside the build, `/` between its parts; for an IPA, inside the app's folder, as the app sees it.
 */
export function segmentKindByName(
  format: Build['format'],
  path: string,
): Exclude<SegmentKind, 'hermes'> | undefined {
  switch (format) {
    case 'web':
      return scriptName.test(path) ? 'script' : undefined
    case 'ipa':
      // Executables are encrypted and signed anew by the store: on a device they are other bytes than here.
      return scriptName.test(path) && !besideIosApp.test(path) ? 'script' : undefined
    case 'apk':
      if (/^classes[0-9]*\.dex$|^assets\/.*\.dex$/.test(path)) return 'dex'
      if (/^lib\/[^/]+\/[^/]+\.so$/.test(path) || assemblyName.test(path)) return 'native'
      return path.startsWith('assets/') && scriptName.test(path) ? 'script' : undefined
  }
}

/** Tells Hermes bytecode from script text by the first {@link codeSegmentHead} bytes of a script. */
export function scriptKind(head: Uint8Array): 'hermes' | 'script' {
  return hermesMagics.some((magic) => magic.every((byte, i) => head[i] === byte)) ? 'hermes' : 'script'
}

/** {@link segmentKindByName}, and for scripts {@link scriptKind}. */
export function codeSegmentKind(
  format: Build['format'],
  path: string,
  head: Uint8Array,
): SegmentKind | undefined {
  const kind = segmentKindByName(format, path)
  return kind === 'script' ? scriptKind(head) : kind
}
