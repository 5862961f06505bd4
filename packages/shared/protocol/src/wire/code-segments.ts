import type { BuildFormat, SegmentKind } from './provisioning.ts'

/** First bytes of Hermes bytecode, and of its delta form. */
const hermesMagics = [
  [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f],
  [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
]

/** Number of bytes of a file that {@link scriptKind} needs. */
export const codeSegmentHead = 8

/** What an engine or a web view executes: text and bytecode of scripts, WebAssembly, and pages, which hold scripts. */
const scriptName = /\.(?:js|mjs|cjs|jsx|html?|xhtml|wasm|bundle|jsbundle|hbc)$/i

/** Code of .NET apps: assemblies of Xamarin, MAUI and Unity's Mono back end. */
const assemblyName = /^assemblies\/.+\.(?:dll|blob)$|^assets\/bin\/Data\/Managed\/.+\.dll$/

/** Folders of an iOS app that hold other programs, each with its own identity. */
const besideIosApp = /^(?:PlugIns|Extensions|Watch|AppClips|XPCServices|OnDemandResources)\//

/** What the store rewrites, splits or signs again, in the app's folder and in those of its frameworks. */
const rewrittenByStore =
  /(?:^|\/)(?:_CodeSignature|SC_Info)\/|(?:^|\/)(?:Info\.plist|PkgInfo|Assets\.car|embedded\.mobileprovision)$/

/** Pictures, sounds and fonts: large, and without influence on what an app does. */
const mediaName = /\.(?:png|jpe?g|gif|webp|hei[cf]|pdf|mp[34]|m4[av]|mov|wav|caf|aiff?|aac|ttf|otf|ttc)$/i

/** First four bytes of Mach-O files, thin and universal, in either byte order. */
const machOMagics = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xcafebabf]

/** Names of modules of an app bundle. */
export const moduleNamePattern = /^[A-Za-z][A-Za-z0-9_]{0,127}$/

/** The place of a segment in a build that reaches devices in splits. */
export interface SplitSegment {
  module: string
  /** Path inside the APK of the module. */
  path: string
  /** For a native library: its ABI. */
  abi: string | undefined
}

/** Splits `MODULE/path`; `undefined` for a name without this form. */
export function splitSegment(name: string): SplitSegment | undefined {
  const slash = name.indexOf('/')
  const module = name.slice(0, Math.max(0, slash))
  if (!moduleNamePattern.test(module)) return undefined
  const path = name.slice(slash + 1)
  return { module, path, abi: /^lib\/([^/]+)\//.exec(path)?.[1] }
}

/**
 * The kind of a file in the code image of a build, according to its name: the rule that registration and every reader
 * share. `undefined` if it is not a segment. Files of an IPA count only together with
 * {@link codeSegmentKind}, which leaves out executables.
 *
 * @param path Path inside the build, `/` between its parts; for an IPA, inside the app's folder, as the app sees it;
 *   for an app bundle and split APKs, the module before the path in its APK.
 */
export function segmentKindByName(
  format: BuildFormat,
  path: string,
): Exclude<SegmentKind, 'hermes' | 'text'> | undefined {
  switch (format) {
    case 'web':
      return scriptName.test(path) ? 'script' : undefined
    case 'ipa':
      if (besideIosApp.test(path) || rewrittenByStore.test(path)) return undefined
      if (scriptName.test(path)) return 'script'
      return mediaName.test(path) ? undefined : 'resource'
    case 'aab':
    case 'apks': {
      const inModule = splitSegment(path)
      return inModule && segmentKindByName('apk', inModule.path)
    }
    case 'apk':
      if (/^classes[0-9]*\.dex$|^assets\/.*\.dex$/.test(path)) return 'dex'
      if (/^lib\/[^/]+\/[^/]+\.so$/.test(path) || assemblyName.test(path)) return 'native'
      return path.startsWith('assets/') && scriptName.test(path) ? 'script' : undefined
  }
}

/** Whether a file begins as a Mach-O executable or library does. */
export function isMachO(head: Uint8Array): boolean {
  if (head.length < 4) return false
  const magic = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0)
  return machOMagics.includes(magic)
}

/** Distinguishes Hermes bytecode from script text by the first {@link codeSegmentHead} bytes of a script. */
export function scriptKind(head: Uint8Array): 'hermes' | 'script' {
  return hermesMagics.some((magic) => magic.every((byte, i) => head[i] === byte)) ? 'hermes' : 'script'
}

/**
 * {@link segmentKindByName}, for scripts {@link scriptKind}, and never an iOS executable: on a device it is encrypted
 * and signed again, so its file has other bytes than here. Its parts in memory are the segments of kind `text`.
 */
export function codeSegmentKind(
  format: BuildFormat,
  path: string,
  head: Uint8Array,
): SegmentKind | undefined {
  const kind = segmentKindByName(format, path)
  if (format === 'ipa' && isMachO(head)) return undefined
  return kind === 'script' ? scriptKind(head) : kind
}
