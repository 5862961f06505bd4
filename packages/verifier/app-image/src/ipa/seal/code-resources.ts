import { AppImageError } from '../../errors/app-image-error.ts'
import { parsePlist } from '../plist/parse-plist.ts'
import { isDict, PlistError, type PlistDict, type PlistValue } from '../plist/plist-value.ts'

/** What a signature says about one path of the app. */
export type Sealed =
  | { readonly kind: 'file'; readonly sha256: Buffer; readonly isOptional: boolean }
  | { readonly kind: 'link'; readonly target: string; readonly isOptional: boolean }
  /** Code with its own signature: a library, or the folder of a framework or an extension. */
  | { readonly kind: 'code'; readonly cdHash: Buffer; readonly isOptional: boolean }

/** By path inside the app's folder, in the Unicode normalisation NFC. */
export type SealedFiles = ReadonlyMap<string, Sealed>

const sha256Length = 32
const cdHashLength = 20

/**
 * Reads `_CodeSignature/CodeResources`: its dictionary `files2`. What the rules beside it exempt is not asked; the caller
 * knows what signing never seals.
 *
 * @returns undefined for a list from before SHA-256, which nothing is checked against
 * @throws AppImageError `IPA_RESOURCES_MALFORMED`
 */
export function parseCodeResources(content: Buffer): SealedFiles | undefined {
  const files = filesOf(content)
  if (files === undefined) return undefined
  const sealed = new Map<string, Sealed>()
  for (const [path, value] of files) {
    const entry = sealedOf(value)
    if (entry === undefined) return undefined
    const name = path.normalize('NFC')
    if (sealed.has(name)) throw malformed()
    sealed.set(name, entry)
  }
  return sealed
}

function filesOf(content: Buffer): PlistDict | undefined {
  try {
    const files = parsePlist(content).get('files2')
    if (files === undefined || isDict(files)) return files
  } catch (error) {
    if (!(error instanceof PlistError)) throw error
    throw malformed(error)
  }
  throw malformed()
}

/** Undefined: only SHA-1 stands there, as data or under `hash`. */
function sealedOf(value: PlistValue): Sealed | undefined {
  if (Buffer.isBuffer(value)) return undefined
  if (!isDict(value)) throw malformed()
  const optional = value.get('optional') ?? false
  if (typeof optional !== 'boolean') throw malformed()
  const link = value.get('symlink')
  const cdHash = value.get('cdhash')
  const sha256 = value.get('hash2')
  if ([link, cdHash, sha256].filter((each) => each !== undefined).length > 1) throw malformed()
  if (link !== undefined) return { kind: 'link', target: textOf(link), isOptional: optional }
  if (cdHash !== undefined)
    return { kind: 'code', cdHash: dataOf(cdHash, cdHashLength), isOptional: optional }
  if (sha256 !== undefined)
    return { kind: 'file', sha256: dataOf(sha256, sha256Length), isOptional: optional }
  if (value.has('hash')) return undefined
  throw malformed()
}

function textOf(value: PlistValue): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function dataOf(value: PlistValue, length: number): Buffer {
  if (!Buffer.isBuffer(value) || value.length !== length) throw malformed()
  return value
}

function malformed(cause?: PlistError): AppImageError {
  return new AppImageError('IPA_RESOURCES_MALFORMED', undefined, { cause })
}
