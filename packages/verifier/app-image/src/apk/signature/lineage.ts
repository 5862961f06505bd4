import { AppImageError } from '../../app-image-error.ts'
import { readCertificate } from './certificate.ts'
import type { SigningCertificate } from './certificate.ts'
import { RecordReader } from './record-reader.ts'
import { signatureAlgorithm, verifySignature } from './signature-algorithms.ts'

const knownVersion = 1
const mostNodes = 64

interface LineageNode {
  certificate: SigningCertificate
  /** The record as it stands, capabilities included. */
  record: Buffer
}

/** Proof of rotation: signing certificates from the oldest to the current, each vouched for by the one before. */
export type Lineage = readonly LineageNode[]

/**
 * Reads and verifies the proof-of-rotation attribute of a signer.
 *
 * @throws AppImageError `APK_LINEAGE`
 */
export function readLineage(value: Buffer, current: SigningCertificate): Lineage {
  const nodes: LineageNode[] = []
  try {
    readNodes(new RecordReader(value), nodes)
  } catch (cause) {
    throw new AppImageError('APK_LINEAGE', 'a proof of rotation is malformed or not valid', { cause })
  }
  if (nodes.at(-1)?.certificate.sha256 !== current.sha256) {
    throw new AppImageError('APK_LINEAGE', 'a proof of rotation does not lead to the signer')
  }
  return nodes
}

function readNodes(reader: RecordReader, nodes: LineageNode[]): void {
  if (reader.uint32() !== knownVersion) throw invalid()
  const seen = new Set<string>()
  let previous: { certificate: SigningCertificate; algorithmId: number } | undefined
  for (const record of reader.records()) {
    const signedData = record.record()
    record.uint32() // capabilities that the app grants to the old key; part of the record that is compared
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
    nodes.push({ certificate, record: record.bytes })
    previous = { certificate, algorithmId }
  }
}

/**
 * The longest of several lineages, of which every other must be a beginning, capabilities included.
 *
 * @throws AppImageError `APK_LINEAGE`
 */
export function consolidate(lineages: readonly Lineage[]): Lineage | undefined {
  const longest = lineages.toSorted((a, b) => b.length - a.length)[0]
  for (const lineage of lineages) {
    const isBeginning = lineage.every((node, i) => longest?.[i]?.record.equals(node.record))
    if (!isBeginning) throw new AppImageError('APK_LINEAGE', 'the proofs of rotation contradict each other')
  }
  return longest
}

function invalid(): AppImageError {
  return new AppImageError('APK_LINEAGE', 'a proof of rotation is not valid')
}
