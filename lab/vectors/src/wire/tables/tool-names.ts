import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { toolNames } from '@assay/protocol'
import { vectorFolder } from '../vector-file/vector-file.ts'

const attester = fileURLToPath(new URL('../../../../../packages/attester/', import.meta.url))
const notice = 'Written by `npm run wire -- write` from packages/shared/protocol/src/wire/tool-names.ts.'

/** The table of tools' names as data, and as the source of each SDK that has it, by file. */
export const toolNameFiles: ReadonlyMap<string, string> = new Map([
  [path.join(vectorFolder, 'tables', 'tool-names.json'), `${JSON.stringify(toolNames, null, 2)}\n`],
  [
    path.join(attester, 'android/core/src/main/kotlin/dev/assay/core/probes/ToolNames.kt'),
    `package dev.assay.core.probes

// ${notice}

/** Names under which hooking tools ship their code, by finding. Small letters; \`*\` stands for any characters but \`/\`. */
internal val toolNames: Map<String, String> = mapOf(
${Object.entries(toolNames.android)
  .map(([finding, names]) => `    "${finding}" to\n${concatenated(names)},`)
  .join('\n')}
)
`,
  ],
  [
    path.join(attester, 'ios/Sources/AssayCore/Apple/ToolNames.swift'),
    `// ${notice}

/// Names under which hooking tools ship their code, separated by spaces. Small letters; \`*\` stands for any characters but \`/\`.
let toolNames = """
${wrapped(toolNames.ios.known)}
  """
`,
  ],
])

function concatenated(names: readonly string[]): string {
  const rows = rowsOf(names)
  return rows.map((row, at) => `        "${row}${at < rows.length - 1 ? ' " +' : '"'}`).join('\n')
}

function wrapped(names: readonly string[]): string {
  const rows = rowsOf(names)
  return rows.map((row, at) => `  ${row}${at < rows.length - 1 ? ' \\' : ''}`).join('\n')
}

/** The names of a finding are one text: each literal of its own would cost code in the SDK. */
function rowsOf(names: readonly string[]): string[] {
  const rows: string[] = []
  for (const name of names) {
    const last = rows.at(-1)
    if (last === undefined || last.length + name.length > 100) rows.push(name)
    else rows[rows.length - 1] = `${last} ${name}`
  }
  return rows
}
