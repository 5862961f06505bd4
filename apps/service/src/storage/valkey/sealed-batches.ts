import { hkdfSync } from 'node:crypto'
import { decodeBase64url, encodeBase64url, label } from '@assay/protocol'
import type { BatchRefusal, OwnOutcomes } from '../../operations/outcome-feed.ts'
import { createSealing, type Sealing } from '../database/sealing.ts'
import { liveLimits } from './live-functions.ts'

/** Maximum bytes of a batch before it is sealed: in base64url, with sender, number and envelope, it stays within {@link liveLimits}. */
const mostBytes = 24 * 1024
/** Nodes that are remembered; one that starts again is another. */
const mostSenders = 256
const senderLength = 16
const numberLength = 6
const headLength = senderLength + numberLength

/** A batch as its node has sealed it. */
interface Sent extends OwnOutcomes {
  /** The viewers for whom it is: for others it is nothing. */
  for: readonly string[]
}

interface Sender {
  sealing: Sealing
  number: number
  total: number | undefined
}

/**
 * Batches of outcomes as they pass through Valkey, which must learn nothing from them and may add none: AES-256-GCM under a
 * key for each node, derived from what the nodes share. A batch is numbered, so that none counts twice, and names its
 * viewers by what they have drawn, so that none counts later.
 *
 * @param secret 32 bytes that all nodes have, and Valkey does not
 * @param own drawn by this node: 16 bytes
 */
export function createSealedBatches(secret: Uint8Array, own: Uint8Array) {
  const ownSealing = sealingOf(secret, own)
  const senders = new Map<string, Sender>()
  let number = 0

  const senderOf = (id: Buffer): Sender =>
    senders.get(id.toString('hex')) ?? { sealing: sealingOf(secret, id), number: 0, total: undefined }
  const remember = (id: Buffer, sender: Sender): void => {
    senders.set(id.toString('hex'), sender)
    if (senders.size <= mostSenders) return
    for (const [oldest] of senders) {
      senders.delete(oldest)
      break
    }
  }

  return {
    /** What could not be left in is counted. */
    seal(batch: OwnOutcomes, viewers: readonly string[]): string {
      number += 1
      const head = headOf(own, number)
      return encodeBase64url(Buffer.concat([head, ownSealing.seal(nameOf(head), bounded(batch, viewers))]))
    },
    /** Undefined: it is for other viewers. @param viewer the names that this node's viewers have */
    open(
      text: string,
      viewer: readonly string[],
    ): Pick<OwnOutcomes, 'outcomes' | 'left_out'> | BatchRefusal | undefined {
      if (text.length > liveLimits.batch) return 'oversize'
      const bytes = Buffer.from(decodeBase64url(text) ?? [])
      if (bytes.length < headLength) return 'not_authentic'
      const head = bytes.subarray(0, headLength)
      const id = head.subarray(0, senderLength)
      const known = senderOf(id)
      const sent = opened(known.sealing, head, bytes.subarray(headLength))
      if (sent === undefined) return 'not_authentic'
      const sentNumber = head.readUIntBE(senderLength, numberLength)
      if (sentNumber <= known.number) return 'repeated'
      if (!sent.for.some((name) => viewer.includes(name))) return undefined
      const { outcomes, left_out: leftOut, total } = sent
      remember(id, { ...known, number: sentNumber, total })
      const missed = known.total === undefined ? leftOut : total - known.total - outcomes.length
      return { outcomes, left_out: Math.max(0, missed) }
    },
    /** A viewer begins: whatever was before is not counted as missed. */
    forget(): void {
      senders.clear()
    },
  }
}

const purpose = label('assay/outcome-batch/1')

const sealingOf = (secret: Uint8Array, sender: Uint8Array): Sealing =>
  createSealing(new Uint8Array(hkdfSync('sha256', secret, sender, purpose, 32)))

function headOf(sender: Uint8Array, number: number): Buffer {
  const head = Buffer.alloc(headLength)
  head.set(sender)
  head.writeUIntBE(number, senderLength, numberLength)
  return head
}

/** Sender and number are sealed in by name: an envelope does not open under others. */
const nameOf = (head: Uint8Array): string => Buffer.from(head).toString('hex')

function bounded({ outcomes, left_out: leftOut, total }: OwnOutcomes, viewers: readonly string[]): Buffer {
  const sent: Sent = { for: viewers, outcomes, left_out: leftOut, total }
  const bytes = Buffer.from(JSON.stringify(sent))
  if (bytes.length <= mostBytes || outcomes.length === 0) return bytes
  const rest = { outcomes: outcomes.slice(Math.ceil(outcomes.length / 2)), total }
  return bounded({ ...rest, left_out: leftOut + outcomes.length - rest.outcomes.length }, viewers)
}

function opened(sealing: Sealing, head: Buffer, envelope: Buffer): Sent | undefined {
  try {
    return JSON.parse(sealing.open(nameOf(head), envelope).toString()) as Sent
  } catch {
    return undefined
  }
}
