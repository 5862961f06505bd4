import { AppImageError } from '../errors/app-image-error.ts'
import { parseCodeDirectory, type CodeDirectory } from './code-directory.ts'
import { verifyCmsSignature } from './cms-signature.ts'
import { hashOf } from './hash-types.ts'
import { malformedSignature } from './mach-o-error.ts'
import type { EmbeddedSignature } from './slice.ts'
import { parseSuperBlob, type Blobs } from './super-blob.ts'

const primarySlot = 0
const cmsSlot = 0x10000
const alternateSlots = [0x1000, 0x1001, 0x1002, 0x1003, 0x1004]
/**
 * Requirements, entitlements as XML and as DER, constraints of launching (own, parent, responsible) and of libraries.
 */
const componentSlots = [2, 5, 7, 8, 9, 10, 11]

/** The directories of one slice: the one in slot 0 first, then the alternates. */
export type CodeDirectories = readonly [CodeDirectory, ...CodeDirectory[]]

/** The consistent parts of a signature. */
export interface CodeSignature {
  readonly directories: CodeDirectories
  /** In DER, the signer's first; none if nobody, or several, have signed. */
  readonly certificates: readonly Uint8Array[]
}

/**
 * Reads the embedded signature of a slice and checks its parts against each other: every directory covers all bytes
 * before the signature, the components in the signature are those that the directories name, and the CMS signature is
 * over the first directory.
 *
 * @throws AppImageError `MACHO_SIGNATURE_MALFORMED`, `MACHO_HASH_TYPE`, `MACHO_CODE_NOT_COVERED`,
 * `MACHO_COMPONENT_MISMATCH`, `MACHO_SIGNATURE_INVALID`
 */
export function readCodeSignature({ offset, data }: EmbeddedSignature): CodeSignature {
  const blobs = parseSuperBlob(data)
  const primary = blobs.get(primarySlot)
  if (primary === undefined) throw malformedSignature('a code signature has no CodeDirectory')
  const alternates = alternateSlots.flatMap((slot) => blobs.get(slot) ?? [])
  const directories: CodeDirectories = [parseCodeDirectory(primary), ...alternates.map(parseCodeDirectory)]
  if (new Set(directories.map(({ hashType }) => hashType.name)).size < directories.length) {
    throw malformedSignature('two CodeDirectories have hashes of one type')
  }
  for (const directory of directories) {
    if (directory.codeLimit !== offset) {
      throw new AppImageError('MACHO_CODE_NOT_COVERED')
    }
  }
  checkComponents(directories, blobs)
  return { directories, certificates: verifyCmsSignature(blobs.get(cmsSlot), primary) }
}

/** Each part is what every directory that names it says, and one at least names it. */
function checkComponents(directories: CodeDirectories, blobs: Blobs): void {
  for (const slot of componentSlots) {
    const blob = blobs.get(slot)
    const naming = directories.filter((directory) => directory.componentHash(slot) !== undefined)
    const isNamed = naming.length > 0 || blob === undefined
    if (isNamed && naming.every((directory) => isComponent(directory, slot, blob))) continue
    throw new AppImageError('MACHO_COMPONENT_MISMATCH')
  }
}

function isComponent(directory: CodeDirectory, slot: number, blob: Buffer | undefined): boolean {
  const expected = directory.componentHash(slot)
  return blob !== undefined && expected !== undefined && hashOf(directory.hashType, blob).equals(expected)
}
