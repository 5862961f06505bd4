import { AppImageError } from '../../errors/app-image-error.ts'

/** Reads the records of an APK Signing Block: little-endian integers and uint32-length-prefixed bytes. */
export class RecordReader {
  readonly bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.bytes.length
  }

  uint32(): number {
    return this.#take(4).readUInt32LE(0)
  }

  int32(): number {
    return this.#take(4).readInt32LE(0)
  }

  /** The bytes after a uint32 length. */
  prefixed(): Buffer {
    return this.#take(this.uint32())
  }

  /** The same, to be read as records. */
  record(): RecordReader {
    return new RecordReader(this.prefixed())
  }

  /** Every length-prefixed record up to the end. */
  *records(): Generator<RecordReader> {
    while (!this.done) yield this.record()
  }

  rest(): Buffer {
    return this.#take(this.bytes.length - this.#at)
  }

  #take(length: number): Buffer {
    if (length > this.bytes.length - this.#at) throw malformedBlock()
    this.#at += length
    return this.bytes.subarray(this.#at - length, this.#at)
  }
}

export function malformedBlock(): AppImageError {
  return new AppImageError('APK_SIGNING_BLOCK_MALFORMED')
}
