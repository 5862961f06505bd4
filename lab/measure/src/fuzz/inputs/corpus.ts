import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A kept input, a line of a corpus: as text where its bytes are printable UTF-8, and otherwise as base64. */
type Line = { readonly text: string } | { readonly base64: string }

/** The inputs in a file of JSON lines, in its order; none if there is no such file. */
export function readInputs(file: string): Uint8Array[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => bytesOf(JSON.parse(line) as Line))
}

/** Makes the file hold these inputs and nothing else, in the order of their digests. */
export function replaceInputs(file: string, inputs: readonly Uint8Array[]): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const sorted = inputs.map((input) => ({ input, digest: digestOf(input) }))
  sorted.sort((a, b) => (a.digest < b.digest ? -1 : 1))
  writeFileSync(file, sorted.map(({ input }) => `${JSON.stringify(lineOf(input))}\n`).join(''))
}

/**
 * Writes one input as it is.
 *
 * @param name default: its digest
 * @returns its path
 */
export function writeInput(folder: string, input: Uint8Array, name = digestOf(input)): string {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, name)
  writeFileSync(file, input)
  return file
}

function bytesOf(line: Line): Uint8Array {
  return 'text' in line ? Buffer.from(line.text, 'utf8') : Buffer.from(line.base64, 'base64')
}

function lineOf(input: Uint8Array): Line {
  const bytes = Buffer.from(input)
  const text = bytes.toString('utf8')
  const isPrintable = /^[\P{C}\n\r\t]*$/u.test(text) && Buffer.from(text, 'utf8').equals(bytes)
  return isPrintable ? { text } : { base64: bytes.toString('base64') }
}

/** Sixteen hexadecimal digits, by which an input is named. */
export function digestOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16)
}
