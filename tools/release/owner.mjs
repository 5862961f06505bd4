/**
 * `npm run owner`: writes what `owner.json` says into the files that state it. It is the one place where names and addresses
 * of the owner are filled in; POMs, npm manifests and the release's page take them from there when a release is made.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const members = ['name', 'homepage', 'repository', 'securityContact', 'developers', 'codeOwners']
/** RFC 2606: no such domain can exist. */
const placeholder = /\binvalid\b/

/**
 * @typedef {{ name: string, homepage: string, repository: string, securityContact: string,
 *   developers: { name: string, email: string }[], codeOwners: string[] }} Owner
 */

/** @returns {Owner} @throws TypeError if a member is missing, empty or unknown */
export function readOwner(root) {
  const owner = JSON.parse(readFileSync(path.join(root, 'owner.json'), 'utf8'))
  for (const name of members)
    if (!textsOf(owner[name]).every((text) => text.trim() !== '') || textsOf(owner[name]).length === 0)
      throw new TypeError(`owner.json: ${name} is missing or empty`)
  const unknown = Object.keys(owner).find((name) => !members.includes(name))
  if (unknown !== undefined) throw new TypeError(`owner.json: ${unknown} is unknown`)
  return owner
}

/** @returns {string[]} members that still have a placeholder */
export function unfilledMembers(owner) {
  return members.filter((name) => textsOf(owner[name]).some((text) => placeholder.test(text)))
}

function textsOf(value) {
  if (typeof value === 'string') return [value]
  return Object.values(value ?? {}).flatMap(textsOf)
}

const inRuby = (text) => text.replace(/[\\']/g, '\\$&')
const inYaml = (text) => `'${text.replaceAll("'", "''")}'`

/** Where a file states it: group 1 and 3 of the pattern stay, group 2 is the text of the owner. */
const places = [
  ...[
    'Assay.podspec',
    'AssayCore.podspec',
    'packages/attester/react-native/AssayReactNative.podspec',
  ].flatMap((file) => [
    { file, pattern: /(s\.homepage = ')(.*)('\n)/, text: ({ homepage }) => inRuby(homepage) },
    { file, pattern: /(s\.author = ')(.*)('\n)/, text: ({ name }) => inRuby(name) },
    { file, pattern: /(:git => ')(.*)(', :tag)/, text: ({ repository }) => inRuby(`${repository}.git`) },
  ]),
  { file: 'SECURITY.md', pattern: /(mail to <)([^>]*)(>)/, text: ({ securityContact }) => securityContact },
  {
    file: 'deploy/helm/assay/Chart.yaml',
    pattern: /(\nhome: )(.*)(\n)/,
    text: ({ homepage }) => homepage,
  },
  {
    file: 'deploy/helm/assay/Chart.yaml',
    pattern: /(\nsources:\n {2}- )(.*)(\n)/,
    text: ({ repository }) => repository,
  },
  {
    file: 'deploy/helm/assay/Chart.yaml',
    pattern: /(\nmaintainers:\n)((?: {2}.*\n)+)()/,
    text: ({ developers }) =>
      developers.map(({ name, email }) => `  - name: ${inYaml(name)}\n    email: ${email}\n`).join(''),
  },
]

const codeOwnersFile = '.github/CODEOWNERS'
const codeOwnersOf = ({ codeOwners }) =>
  `# Written by \`npm run owner\` from owner.json.\n* ${codeOwners.join(' ')}\n`

/** @returns {string[]} files that do not say what `owner.json` says; with `write`, files that were changed */
export function statedOtherwise(root, owner, write = false) {
  const texts = new Map()
  for (const { file, pattern, text } of places) {
    const before = texts.get(file) ?? readFileSync(path.join(root, file), 'utf8')
    if (!pattern.test(before)) throw new Error(`${file} has no place for ${pattern}`)
    texts.set(
      file,
      before.replace(pattern, (_all, a, _old, b) => `${a}${text(owner)}${b}`),
    )
  }
  texts.set(codeOwnersFile, codeOwnersOf(owner))
  const changed = [...texts].filter(([file, text]) => {
    const place = path.join(root, file)
    return !existsSync(place) || readFileSync(place, 'utf8') !== text
  })
  if (write) for (const [file, text] of changed) writeFileSync(path.join(root, file), text)
  return changed.map(([file]) => file)
}

if (process.argv[1] === import.meta.filename) {
  const root = path.resolve(import.meta.dirname, '../..')
  for (const file of statedOtherwise(root, readOwner(root), true)) console.log(`written: ${file}`)
}
