import { AppImageError } from '../../errors/app-image-error.ts'
import { consolidate, readLineage } from './lineage.ts'
import type { Lineage } from './lineage.ts'
import { malformedBlock, RecordReader } from './record-reader.ts'
import { attributeNumber, isForDevelopmentRelease, verifySigner } from './signer.ts'
import type { VerifiedSigner } from './signer.ts'

const mostSigners = 32
const proofOfRotation = 0x3ba06f8c
/** The SDK level from which a signer in a v3.1 block takes over. */
const rotationMinSdk = 0x559f8b02

export interface VerifiedScheme {
  signers: VerifiedSigner[]
  lineage: Lineage | undefined
}

interface Ranged {
  signer: VerifiedSigner
  lineage: Lineage | undefined
}

export interface SchemeV3Options {
  /** First SDK level that the signers must cover; `undefined` for v3.1, which may begin at any. */
  coverFrom: number | undefined
  coverTo: number
  /** First SDK level of the v3.1 signers, if there are any. */
  rotatedFrom: number | undefined
}

/**
 * Verifies the signers of APK Signature Scheme v3, or of v3.1, which has the same form.
 *
 * @throws AppImageError `APK_…`
 */
export function verifySchemeV3(value: Buffer, options: SchemeV3Options): VerifiedScheme {
  const signers: Ranged[] = []
  for (const record of new RecordReader(value).record().records()) {
    if (signers.length === mostSigners) throw malformedBlock()
    const signer = verifySigner(record)
    signers.push({ signer, lineage: readAttributes(signer, options.rotatedFrom) })
  }
  if (signers.length === 0) throw malformedBlock()
  const lineages = checkRanges(signers, options).flatMap(({ lineage }) =>
    lineage === undefined ? [] : [lineage],
  )
  return { signers: signers.map(({ signer }) => signer), lineage: consolidate(lineages) }
}

function readAttributes(signer: VerifiedSigner, rotatedFrom: number | undefined): Lineage | undefined {
  let lineage: Lineage | undefined
  for (const attribute of signer.attributes) {
    if (attribute.id === proofOfRotation) lineage = readLineage(attribute.value, signer.certificates[0])
    if (attribute.id === rotationMinSdk && attributeNumber(attribute) !== rotatedFrom) {
      throw new AppImageError('APK_SCHEME_STRIPPED', 'the rotated signer that scheme v3 names is missing')
    }
  }
  return lineage
}

/**
 * Exactly one signer must apply at each SDK level, and lineages only grow with the level. Returns the signers in the
 * order of their levels.
 */
function checkRanges(signers: readonly Ranged[], options: SchemeV3Options): Ranged[] {
  // As in the platform's tools, the later of two signers with the same last level counts.
  const byLast = [...new Map(signers.map((each) => [each.signer.maxSdk, each])).values()]
  byLast.sort((a, b) => a.signer.maxSdk - b.signer.maxSdk)
  let last: number | undefined
  let lineageLength = 0
  for (const { signer, lineage } of byLast) {
    const follows = last === undefined || signer.minSdk === last + 1
    if (!follows && !(signer.minSdk === last && isForDevelopmentRelease(signer))) throw badRanges()
    last = signer.maxSdk
    if (lineage === undefined) continue
    if (lineage.length < lineageLength) {
      throw new AppImageError('APK_LINEAGE', 'a signer for newer devices has a shorter proof of rotation')
    }
    lineageLength = lineage.length
  }
  const first = byLast[0]?.signer.minSdk ?? 0
  const coverTo = options.rotatedFrom === undefined ? options.coverTo : options.rotatedFrom - 1
  if (first > (options.coverFrom ?? first) || (last ?? 0) < coverTo) throw badRanges()
  return byLast
}

function badRanges(): AppImageError {
  return new AppImageError('APK_SDK_RANGE')
}
