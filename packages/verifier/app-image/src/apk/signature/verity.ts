import { createHash } from 'node:crypto'

export const verityBlock = 4096
const salt = Buffer.alloc(8)
const digestLength = 32

/** Root of the Merkle tree over 4096-byte blocks that fs-verity uses, followed by the length of what it covers. */
export class VerityTree {
  #length = 0
  readonly #pending = Buffer.alloc(verityBlock)
  #pendingLength = 0
  readonly #leaves: Buffer[] = []

  /** Takes the next bytes of the one stream that the sections form. */
  add(bytes: Buffer): void {
    this.#length += bytes.length
    let at = 0
    if (this.#pendingLength > 0) {
      at = bytes.copy(this.#pending, this.#pendingLength)
      this.#pendingLength += at
      if (this.#pendingLength < verityBlock) return
      this.#leaves.push(hashBlock(this.#pending))
      this.#pendingLength = 0
    }
    for (; at + verityBlock <= bytes.length; at += verityBlock) {
      this.#leaves.push(hashBlock(bytes.subarray(at, at + verityBlock)))
    }
    this.#pendingLength = bytes.copy(this.#pending, 0, at)
  }

  finish(): Buffer {
    if (this.#pendingLength > 0) {
      this.#leaves.push(hashBlock(this.#pending.fill(0, this.#pendingLength)))
      this.#pendingLength = 0
    }
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(this.#length))
    return Buffer.concat([root(this.#leaves), length])
  }
}

function root(leaves: readonly Buffer[]): Buffer {
  let level = Buffer.concat(leaves)
  for (;;) {
    const blocks = Math.max(1, Math.ceil(level.length / verityBlock))
    const padded = Buffer.concat([level], blocks * verityBlock)
    if (blocks === 1) return hashBlock(padded)
    const above = Buffer.alloc(blocks * digestLength)
    for (let i = 0; i < blocks; i++) {
      hashBlock(padded.subarray(i * verityBlock, (i + 1) * verityBlock)).copy(above, i * digestLength)
    }
    level = above
  }
}

function hashBlock(block: Buffer): Buffer {
  return createHash('sha256').update(salt).update(block).digest()
}
