import { AppImageError } from '../../errors/app-image-error.ts'
import { readCertificate } from './certificate.ts'
import type { SigningCertificate } from './certificate.ts'
import { RecordReader } from './record-reader.ts'
import { signatureAlgorithm, verifySignature } from './signature-algorithms.ts'

const knownVersion = 1
const mostNodes = 64

/** Proof of rotation: signing certificates from the oldest to the current, each vouched for by the one before. */
export type Lineage = readonly SigningCertificate[]

/**
 * Reads and verifies the proof-of-rotation attribute of a signer.
 *
 * @throws AppImageError `APK_LINEAGE`
 */
export function readLineage(value: Buffer, current: SigningCertificate): Lineage {
  const nodes: SigningCertificate[] = []
  try {
    readNodes(new RecordReader(value), nodes)
  } catch (cause) {
    throw new AppImageError('APK_LINEAGE', 'a proof of rotation is malformed or not valid', { cause })
  }
  if (nodes.at(-1)?.sha256 !== current.sha256) {
    throw new AppImageError('APK_LINEAGE', 'a proof of rotation does not lead to the signer')
  }
  return nodes
}

function readNodes(reader: RecordReader, nodes: SigningCertificate[]): void {
  if (reader.uint32() !== knownVersion) throw invalid()
  const seen = new Set<string>()
  let previous: { certificate: SigningCertificate; algorithmId: number } | undefined
  for (const record of reader.records()) {
    const signedData = record.record()
    record.uint32() // what the app still grants to the old key: between the app and the device
    const algorithmId = record.uint32()
    const signature = record.prefixed()
    const certificate = readCertificate(signedData.prefixed())
    const signedAlgorithmId = signedData.uint32()
    if (previous !== undefined) {
      const algorithm = signatureAlgorithm(previous.algorithmId)
      const isVouchedFor =
        algorithm !== undefined &&
        signedAlgorithmId === previous.algorithmId &&
        verifySignature(algorithm, previous.certificate.key, signedData.bytes, signature)
      if (!isVouchedFor) throw invalid()
    }
    if (seen.has(certificate.sha256) || seen.size === mostNodes) throw invalid()
    seen.add(certificate.sha256)
    nodes.push(certificate)
    previous = { certificate, algorithmId }
  }
}

/**
 * The one lineage that several are parts of: each must begin inside, or before, what the others give so far, and agree
 * with it from there.
 *
 * @throws AppImageError `APK_LINEAGE`
 */
export function consolidate(lineages: readonly Lineage[]): Lineage | undefined {
  const [first, ...others] = lineages
  if (first === undefined) return undefined
  const merged = others.reduce(merge, first)
  if (new Set(merged.map(({ sha256 }) => sha256)).size !== merged.length) throw contradictory()
  return merged
}

function merge(a: Lineage, b: Lineage): Lineage {
  const isLater = a.some(({ sha256 }) => sha256 === b[0]?.sha256)
  const [ancestor, descendant] = isLater ? [a, b] : [b, a]
  const start = ancestor.findIndex(({ sha256 }) => sha256 === descendant[0]?.sha256)
  if (start < 0) throw contradictory()
  const common = ancestor.slice(start)
  if (common.some(({ sha256 }, i) => i < descendant.length && sha256 !== descendant[i]?.sha256)) {
    throw contradictory()
  }
  return common.length >= descendant.length ? ancestor : [...ancestor.slice(0, start), ...descendant]
}

function contradictory(): AppImageError {
  return new AppImageError('APK_LINEAGE', 'the proofs of rotation contradict each other')
}

function invalid(): AppImageError {
  return new AppImageError('APK_LINEAGE')
}
