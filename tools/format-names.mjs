/**
 * `apps/service/src/attestation` serves every evidence format and names none, not even in a string or a comment: what
 * is so of one format is asked of the format.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Names of the formats, as their descriptors give them. */
export function formatNames(root) {
  const folder = path.join(root, 'packages/verifier/evidence/src')
  return readdirSync(folder)
    .flatMap((name) => readOptional(path.join(folder, name, 'descriptor.ts')))
    .flatMap((text) => [...text.matchAll(/\bname: '([^']+)'/g)].map(([, name]) => name))
}

function readOptional(file) {
  try {
    return [readFileSync(file, 'utf8')]
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  }
}

/** Formats whose name is also a word: only what compares it with a format is a finding. */
const words = ['software', 'example']

/** The formats of `names` that a source names: as their name, or as words or an identifier made of it. */
export function namedIn(source, names) {
  return names.filter((name) =>
    words.includes(name)
      ? new RegExp(`(===|!==|case|format:)\\s*['"\`]${name}['"\`]`).test(source)
      : new RegExp(nameParts(name).join('[-_ ]?'), 'i').test(source),
  )
}

/** Vendors' names are left out: nobody says "Apple App Attest" in a comment. */
function nameParts(name) {
  return name.split('-').filter((part) => !['apple', 'attestation'].includes(part))
}

/** Each file of `attestation` with the formats that it names. */
export function attestationNames(root) {
  const folder = path.join(root, 'apps/service/src/attestation')
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, namedIn(readFileSync(path.join(folder, file), 'utf8'), formatNames(root))])
}
