/**
 * What is so of one format of evidence is asked of the format: the product names formats only where they live and where
 * the service is put together. The names are those of the descriptors, so that a new format is looked for as soon as it
 * has one.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { evidenceSharedFolders } from './layers.mjs'

/** Names of the formats, as their descriptors give them. @throws Error for a format whose descriptor gives none */
export function formatNames(root) {
  const formats = path.join(root, 'packages/verifier/evidence/src')
  return readdirSync(formats, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !evidenceSharedFolders.includes(entry.name))
    .flatMap(({ name: folder }) => {
      const descriptor = readFileSync(path.join(formats, folder, 'descriptor.ts'), 'utf8')
      const names = [...descriptor.matchAll(/\bname: '([^']+)'/g)].map(([, name]) => name)
      if (names.length === 0) throw new Error(`no name is found in the descriptor of the format ${folder}`)
      return names
    })
}

/** The formats of `names` that a source names: as their name, or as words or an identifier made of it. */
export function namedIn(source, names) {
  return names.filter((name) => patternOf(name).test(source))
}

/** A name of one word is also a word: a finding is only what compares, looks up or lists it. The vendor may be left out. */
function patternOf(name) {
  const words = name.replace(/^(apple|google)-/, '').split('-')
  return words.length === 1
    ? new RegExp(`([!=]==|case|format:|formats: \\[|get\\()\\s*['"\`]${name}['"\`]`)
    : new RegExp(words.join('[-_ ]?'), 'i')
}
