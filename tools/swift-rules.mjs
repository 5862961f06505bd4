/**
 * What the Swift sources of the iOS SDK may import, and how long its platform files may be: only `Sources/Assay`
 * names Apple's modules, and all decisions are in `Sources/AssayCore`, which imports nothing at all. Every public
 * declaration has a comment.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const sources = 'packages/attester/ios/Sources'
/** Most lines of a file that talks to the system; longer ones tend to make decisions. */
const mostLines = 150
const platform = new Set([
  'AssayCore',
  'CryptoKit',
  'DeviceCheck',
  'Foundation',
  'FoundationNetworking',
  'MachO',
  'Network',
  'Security',
])

const importLine =
  /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/

const modifiers = 'nonisolated|static|final|convenience|mutating|override|private\\(set\\)'
const declared = new RegExp(
  `^(?:@\\w+(?:\\([^)]*\\))?\\s+)*public\\s+(?:(?:${modifiers})\\s+)*(struct|class|enum|protocol|actor|func|var|let|init|typealias|subscript)\\b\\s*(\\w*)`,
)

/**
 * Public declarations, requirements of public protocols and cases of public enums that have no comment of their own:
 * line number and text. Implementations of SDK protocols are documented at the protocol.
 */
export function undocumented(text, requirements = new Set()) {
  const lines = text.split('\n')
  const found = []
  let open
  for (const [index, line] of lines.entries()) {
    const code = line.trim()
    const indent = line.length - line.trimStart().length
    if (code === '' || code.startsWith('//')) continue
    if (open !== undefined && indent <= open.indent) open = undefined
    const [, kind, name] = declared.exec(code) ?? []
    const isMember = open !== undefined && indent === open.indent + 2 && open.members.test(code)
    if (kind === 'protocol' || kind === 'enum')
      open = { indent, members: kind === 'protocol' ? /^(func|var|init)\b/ : /^case\b/ }
    if (!isMember && (kind === undefined || requirements.has(name))) continue
    let before = index - 1
    while (lines[before]?.trim().startsWith('@')) before -= 1
    if (!lines[before]?.trim().startsWith('///')) found.push([index + 1, code])
  }
  return found
}

/** Names that the protocols in `text` require. */
function requirementsIn(text) {
  const names = []
  for (const [, body] of text.matchAll(/^public protocol [^\n]*\{\n([\s\S]*?)^\}/gm))
    for (const [, name] of body.matchAll(/^ {2}(?:func|var) (\w+)/gm)) names.push(name)
  return names
}

/** Lines of a SwiftPM manifest that show a Mac stand-ins or programs of the lab. */
export function seenOnMacs(manifest) {
  const found = []
  let depth = 0
  for (const [index, line] of manifest.split('\n').entries()) {
    if (/^\s*#if os\(Linux\)/.test(line)) depth += 1
    else if (/^\s*#(else|endif)/.test(line)) depth = 0
    else if (depth === 0 && /\/(Stubs|Lab|Tests)\b|examples\//.test(line)) found.push(index + 1)
  }
  return found
}

/** Violations in the sources under `root`, one line each, and the number of files checked. */
export function checkSwiftRules(root) {
  const found = []
  let files = 0
  const requirements = new Set(['description'])
  const texts = new Map()
  for (const folder of ['AssayCore', 'Assay'])
    for (const entry of readdirSync(path.join(root, sources, folder), { recursive: true })) {
      if (!entry.endsWith('.swift')) continue
      const text = readFileSync(path.join(root, sources, folder, entry), 'utf8')
      texts.set(`${folder}/${entry}`, text)
      for (const name of requirementsIn(text)) requirements.add(name)
    }
  for (const [name, text] of texts) {
    files += 1
    const isCore = name.startsWith('AssayCore/')
    const lines = text.split('\n')
    for (const [index, line] of lines.entries()) {
      const imported = importLine.exec(line)?.[1]
      const where = `${name}:${index + 1}`
      if (imported !== undefined && (isCore || !platform.has(imported)))
        found.push(`${where} imports ${imported}`)
      if (/#if\s+.*canImport/.test(line) && isCore) found.push(`${where} asks for a module`)
    }
    for (const [line, code] of undocumented(text, requirements))
      found.push(`${name}:${line} has no comment: ${code}`)
    if (!isCore && lines.length > mostLines + 1) found.push(`${name} has more than ${mostLines} lines`)
  }
  return { found, files }
}
