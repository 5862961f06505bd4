import { AppImageError } from '../../errors/app-image-error.ts'
import { verifyEntries } from './entries.ts'
import type { EntrySigner, JarEntry } from './entries.ts'
import { readManifest } from './manifest.ts'
import type { SdkRange } from './sdk-range.ts'
import { verifySignatureBlock } from './signature-block.ts'
import { verifySignatureFile } from './signature-file.ts'

const directory = 'META-INF/'
const manifestName = 'META-INF/MANIFEST.MF'
const blockName = /^(META-INF\/[^]*)\.(?:RSA|DSA|EC)$/
const maxSigners = 10

/** An archive, and the platforms for which its JAR signature must be valid. */
export interface JarSignatureInput extends SdkRange {
  /**
   * The entries by name: the name's bytes read as UTF-8 whatever flag the archive gives, in the order in which the
   * contents are best read. The caller has refused duplicate names.
   */
  readonly entries: ReadonlyMap<string, JarEntry>
}

/** What a JAR signature proves. */
export interface JarSignature {
  /** Certificates, as the archive encodes them, of the signers that cover every entry outside `META-INF/`. */
  readonly signers: Uint8Array[]
  /**
   * Ids of APK signature schemes that signers say they also used (`X-Android-APK-Signed`), ascending. If a scheme known
   * to a platform of the range is among them and absent from the archive, it was stripped: that is the caller's to
   * check.
   */
  readonly declaredSchemes: number[]
}

/**
 * Verifies the JAR signature (APK Signature Scheme v1) of an archive as Android does on all platforms of the range.
 * Certificates' dates and issuers do not count.
 *
 * @returns undefined if there is no JAR signature at all: no signature block with a signature file beside it.
 * @throws AppImageError JAR_* if there is one that does not hold.
 */
export function verifyJarSignature(input: JarSignatureInput): JarSignature | undefined {
  const { entries } = input
  const range: SdkRange = { minSdk: input.minSdk, maxSdk: input.maxSdk }
  if (!(range.minSdk <= range.maxSdk)) throw invalidRange()
  const pairs = findSignatures(entries)
  if (pairs.length === 0) return undefined
  const manifestEntry = entries.get(manifestName)
  if (manifestEntry === undefined)
    throw new AppImageError('JAR_MANIFEST_MALFORMED', 'the JAR manifest is missing')
  const manifest = readManifest(manifestEntry.readContent(), entries)
  if (pairs.length > maxSigners) throw new AppImageError('JAR_TOO_MANY_SIGNERS')

  // All blocks before any file: the contents of a file count only once its signature is valid.
  const signed = pairs.map(({ block, file }) => {
    const signatureFile = file.readContent()
    return { signatureFile, certificate: verifySignatureBlock(block.readContent(), signatureFile, range) }
  })
  const signers: EntrySigner[] = []
  const declaredSchemes = new Set<number>()
  for (const { signatureFile, certificate } of signed) {
    const file = verifySignatureFile(signatureFile, manifest, range)
    for (const id of file.declaredSchemes) declaredSchemes.add(id)
    if (file.entryNames !== undefined) signers.push({ certificate, entryNames: file.entryNames })
  }
  const covering = verifyEntries(entries, manifest, signers, range)
  return {
    signers: covering.map(({ certificate }) => certificate),
    declaredSchemes: [...declaredSchemes].sort((a, b) => a - b),
  }
}

interface SignaturePair {
  readonly block: JarEntry
  readonly file: JarEntry
}

// A block without its file is not a signature, and neither is a file without a block.
function findSignatures(entries: ReadonlyMap<string, JarEntry>): SignaturePair[] {
  const pairs: SignaturePair[] = []
  for (const [name, block] of entries) {
    if (!name.startsWith(directory)) continue
    const file = entries.get(`${blockName.exec(name)?.[1] ?? ''}.SF`)
    if (file !== undefined) pairs.push({ block, file })
  }
  return pairs
}

function invalidRange(): TypeError {
  return Object.assign(new TypeError('minSdk is above maxSdk'), { code: 'ERR_INVALID_ARG_VALUE' })
}
