import { AppImageError } from '../errors/app-image-error.ts'
import type { CodeDirectory } from './code-directory.ts'

/** Compares the pages of one slice with one directory, as the bytes of the file go by. */
export class PageCheck {
  readonly #directory: CodeDirectory
  readonly #start: number
  readonly #end: number
  #at: number
  #page = 0
  #hash

  /** @param start bytes from the start of the file to the slice */
  constructor(directory: CodeDirectory, start: number) {
    this.#directory = directory
    this.#start = start
    this.#end = start + directory.codeLimit
    this.#at = start
    this.#hash = directory.hashType.begin()
  }

  /**
   * Takes the chunk of the file that begins at `offset`, in order and without gaps.
   *
   * @throws AppImageError `MACHO_PAGE_MISMATCH`
   */
  take(chunk: Buffer, offset: number): void {
    const chunkEnd = offset + chunk.length
    while (this.#at < this.#end && this.#at < chunkEnd) {
      const pageEnd = Math.min(this.#start + (this.#page + 1) * this.#directory.pageLength, this.#end)
      const until = Math.min(pageEnd, chunkEnd)
      this.#hash.update(chunk.subarray(this.#at - offset, until - offset))
      this.#at = until
      if (until === pageEnd) this.#compare()
    }
  }

  #compare(): void {
    const { hashType, pageHash } = this.#directory
    if (!this.#hash.digest().subarray(0, hashType.length).equals(pageHash(this.#page))) {
      throw new AppImageError('MACHO_PAGE_MISMATCH')
    }
    this.#page++
    this.#hash = hashType.begin()
  }
}
