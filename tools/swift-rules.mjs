/**
 * What the Swift sources of the iOS SDK may import, and how long its platform files may be: only `Sources/Assay`
 * names Apple's modules, and what decides anything is in `Sources/AssayCore`, which imports nothing at all.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const sources = 'packages/attester/ios/Sources'
/** Lines of a file that talks to the system: longer ones begin to decide. */
const mostLines = 150
const platform = new Set([
  'AssayCore',
  'CryptoKit',
  'DeviceCheck',
  'Foundation',
  'FoundationNetworking',
  'MachO',
  'Security',
])

const importLine =
  /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/

/** Deviations of the sources under `root`, one line each; and how many files were looked at. */
export function checkSwiftRules(root) {
  const found = []
  let files = 0
  for (const folder of ['AssayCore', 'Assay']) {
    const base = path.join(root, sources, folder)
    for (const entry of readdirSync(base, { recursive: true })) {
      if (!entry.endsWith('.swift')) continue
      files += 1
      const name = `${folder}/${entry}`
      const lines = readFileSync(path.join(base, entry), 'utf8').split('\n')
      for (const [index, line] of lines.entries()) {
        const imported = importLine.exec(line)?.[1]
        const where = `${name}:${index + 1}`
        if (imported !== undefined && folder === 'AssayCore') found.push(`${where} imports ${imported}`)
        if (imported !== undefined && folder === 'Assay' && !platform.has(imported))
          found.push(`${where} imports ${imported}`)
        if (/#if\s+.*canImport/.test(line) && folder === 'AssayCore') found.push(`${where} asks for a module`)
      }
      if (folder === 'Assay' && lines.length > mostLines + 1)
        found.push(`${name} has more than ${mostLines} lines`)
    }
  }
  return { found, files }
}
