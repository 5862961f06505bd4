/**
 * Only the format itself knows what is specific to it: the product names formats only in their own folders and where the
 * service is put together. The names come from the descriptors, so a new format is covered as soon as it has one.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { evidenceSharedFolders } from './layers.mjs'

/** Names of the formats, from their descriptors. @throws Error for a format whose descriptor has none */
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

/** The formats of `names` that a source names, by their name or by words or an identifier made of it. */
export function namedIn(source, names) {
  return names.filter((name) => patternOf(name).test(source))
}

/** A name of one word is also an ordinary word: it counts only where code compares it, looks it up or lists it. The vendor may be left out. */
function patternOf(name) {
  const words = name.replace(/^(apple|google)-/, '').split('-')
  return words.length === 1
    ? new RegExp(`([!=]==|case|format:|formats: \\[|get\\()\\s*['"\`]${name}['"\`]`)
    : new RegExp(words.join('[-_ ]?'), 'i')
}
