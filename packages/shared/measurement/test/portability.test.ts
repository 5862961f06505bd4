import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../src', import.meta.url))
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('node-crypto.ts'))
  .map((path) => join(folder, path))

/** `planted` is a file of `src` that is there for the compiler only. */
function faults(files: readonly string[], planted?: { path: string; text: string }): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['@assay/source'],
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2020,
    lib: ['lib.es2020.d.ts'],
  }
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = {
    readFile: ts.sys.readFile.bind(ts.sys),
    fileExists: ts.sys.fileExists.bind(ts.sys),
  }
  host.readFile = (path) => (path === planted?.path ? planted.text : readFile(path))
  host.fileExists = (path) => path === planted?.path || fileExists(path)
  const program = ts.createProgram(files, options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .filter((diagnostic) => diagnostic.file?.fileName.startsWith(folder))
    .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '))
}

it('uses no global of a host and nothing of the language later than ES2020', () => {
  expect(sources.length).toBeGreaterThan(20)
  expect(faults(sources)).toEqual([])
})

it('would notice a global of a host and a later method', () => {
  const path = join(folder, 'planted.ts')
  expect(faults([path], { path, text: 'new TextEncoder(); [1].at(0); export {}' })).toHaveLength(2)
})
