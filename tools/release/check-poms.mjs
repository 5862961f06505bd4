import { readFileSync } from 'node:fs'
import path from 'node:path'
import { filesUnder } from './sums.mjs'

/** What Maven Central requires of a POM, and of what lies beside it. */
const members = [
  ...['name', 'description', 'url', 'licenses/license/name', 'licenses/license/url'],
  ...['developers/developer/name', 'developers/developer/email'],
  ...['scm/connection', 'scm/developerConnection', 'scm/url'],
]
const beside = ['-sources.jar', '-javadoc.jar']
const checksums = ['.md5', '.sha1']

/** @returns {string[]} what is missing */
export function incompletePoms(folder) {
  const files = filesUnder(path.join(folder, 'maven'))
  const poms = files.filter((file) => file.endsWith('.pom'))
  if (poms.length === 0) return ['there is no POM']
  return poms.flatMap((file) => {
    const text = readFileSync(path.join(folder, 'maven', file), 'utf8')
    const base = file.slice(0, -'.pom'.length)
    const packaging = /<packaging>(.*)<\/packaging>/.exec(text)?.[1] ?? 'jar'
    const published = ['.pom', `.${packaging}`, ...beside]
    return [
      ...missingMembers(text).map((member) => `${file}: no ${member}`),
      ...published
        .flatMap((ending) => [ending, ...checksums.map((each) => `${ending}${each}`)])
        .filter((ending) => !files.includes(`${base}${ending}`))
        .map((ending) => `${file}: no ${path.basename(base)}${ending}`),
    ]
  })
}

/** @param {string} pom one element a line, as `pack.ts` writes it @returns {string[]} */
export function missingMembers(pom) {
  const found = []
  const open = []
  for (const [, closing, name, text, closed] of pom.matchAll(/<(\/?)([A-Za-z]+)[^>]*>([^<]*)(?=(<\/)?)/g)) {
    if (closing === '/') {
      if (open.at(-1) === name) open.pop()
      continue
    }
    open.push(name)
    if (closed !== undefined && text.trim() !== '') found.push(open.slice(1).join('/'))
  }
  return members.filter((member) => !found.includes(member))
}
