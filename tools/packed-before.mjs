import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** These are checked together, because they are installed together. */
const together = [
  ['@assay/guard', '@assay/protocol'],
  ['@assay/protocol', '@assay/measurement', '@assay/client', '@assay/react-native', '@assay/web-build'],
]

/**
 * Tells which packages have changed since they last passed the check.
 *
 * @template {{ name: string, dir: string }} Package
 * @param {string} root parent of the packages' folders
 * @param {string} memory file with the last results
 * @param {readonly string[]} rules files of the check itself
 * @param {readonly Package[]} packages
 * @returns {{ changed: Package[], remember(): void }} `remember`: all of them have passed now
 */
export function packedBefore(root, memory, rules, packages) {
  const before = readMemory(memory)
  const rulesNow = digestOf(rules)
  const now = Object.fromEntries(
    packages.map(({ name, dir }) => [name, rulesNow + digestOf(filesOf(path.join(root, dir)))]),
  )
  const names = packages.map(({ name }) => name).filter((name) => now[name] !== before[name])
  for (const group of together) if (names.some((name) => group.includes(name))) names.push(...group)
  return {
    changed: packages.filter(({ name }) => names.includes(name)),
    remember() {
      mkdirSync(path.dirname(memory), { recursive: true })
      const growing = `${memory}.${process.pid}`
      writeFileSync(growing, JSON.stringify(now))
      renameSync(growing, memory)
    },
  }
}

/** If the file cannot be read, every package is checked. */
function readMemory(memory) {
  try {
    return JSON.parse(readFileSync(memory, 'utf8'))
  } catch {
    return {}
  }
}

function digestOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const notPacked = ['node_modules', 'test', '.build']

/** All files that npm may pack of a package. */
function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !notPacked.includes(name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name)
      return entry.isDirectory() ? filesOf(file) : [file]
    })
    .filter((file) => !file.endsWith('.tsbuildinfo'))
    .sort()
}
