import { Transform, type TransformCallback } from 'node:stream'

/** What stands in place of a secret. As long as no secret is: at least one byte shorter. */
const replacement = Buffer.from('[gone]')

/**
 * Replaces every occurrence of the secrets in a body, also across the borders of its pieces. What may be the beginning of
 * one is held back until the next piece, and no more than that.
 */
export function createStrip(spellings: readonly string[]): Transform {
  const needles = [...new Set(spellings)]
    .map((spelling) => Buffer.from(spelling))
    // A spelling that begins another would leave its rest.
    .sort((a, b) => b.length - a.length)
  let held: Buffer = Buffer.alloc(0)
  return new Transform({
    transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      const text = held.length === 0 ? piece : Buffer.concat([held, piece])
      const end = text.length - longestBeginning(text, needles)
      const { output, next } = replaced(text, end, needles)
      held = Buffer.from(text.subarray(next))
      for (const part of output) this.push(part)
      done()
    },
    flush(done: TransformCallback) {
      if (held.length > 0) this.push(held)
      done()
    },
  })
}

/** What is to be sent of the bytes before `end`, and where the rest begins. */
function replaced(text: Buffer, end: number, needles: readonly Buffer[]): { output: Buffer[]; next: number } {
  const output: Buffer[] = []
  let from = 0
  for (;;) {
    const found = firstOf(text, from, needles)
    if (found === undefined) break
    if (found.at > from) output.push(text.subarray(from, found.at))
    output.push(replacement)
    from = found.at + found.length
  }
  if (end > from) output.push(text.subarray(from, end))
  return { output, next: Math.max(from, end) }
}

function firstOf(
  text: Buffer,
  from: number,
  needles: readonly Buffer[],
): { at: number; length: number } | undefined {
  let first: { at: number; length: number } | undefined
  for (const needle of needles) {
    const at = text.indexOf(needle, from)
    if (at !== -1 && (first === undefined || at < first.at)) first = { at, length: needle.length }
  }
  return first
}

/** Bytes at the end that may begin a secret. */
function longestBeginning(text: Buffer, needles: readonly Buffer[]): number {
  let longest = 0
  for (const needle of needles)
    for (let length = Math.min(needle.length - 1, text.length); length > longest; length--)
      if (text.subarray(text.length - length).equals(needle.subarray(0, length))) longest = length
  return longest
}
