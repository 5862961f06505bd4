/** Follows the trails of docs/architecture.md as an editor does: "go to definition", "go to implementations". */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'apps/service/src')

/** Where the names in a file lead: paths from the source of the service. */
function createFollower() {
  const { config } = ts.readConfigFile(path.join(root, 'apps/service/tsconfig.json'), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    path.join(root, 'apps/service'),
  )
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getScriptFileNames: () => fileNames,
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  })
  return (file, name) => {
    const full = path.join(source, file)
    const text = readFileSync(full, 'utf8')
    const found = []
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
      // `store.add` leads where `add` leads.
      const last = at + name.search(/\w+\W*$/)
      found.push(...(service.getDefinitionAtPosition(full, last) ?? []))
      found.push(...(service.getImplementationAtPosition(full, last) ?? []))
    }
    return new Set(found.map(({ fileName }) => path.relative(source, fileName)))
  }
}

/** The columns of the table: for each trail its files, each with the name that leads on; a port has none. */
function trailsOf(page) {
  const [, table] = /\n\| trail .*\n\| ---.*\n((?:\|.*\n)+)/.exec(page)
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(2, -1))
  return rows[0].map((_, column) =>
    rows.flatMap((cells) => {
      const steps = [...cells[column].matchAll(/`([^`]+\.ts)`(?:, `([^`]+)`)?/g)]
      return steps.map(([, file, name]) => ({ file, name }))
    }),
  )
}

const trails = trailsOf(readFileSync(path.join(root, 'docs/architecture.md'), 'utf8'))
const follow = createFollower()

// The compiler reads the whole service first.
describe('the trails of docs/architecture.md', { timeout: 180_000 }, () => {
  it('are three', () => {
    expect(trails.map((trail) => trail.length)).toEqual([5, 6, 5])
  })

  it.each(trails)('lead from route to row: $file', (...trail) => {
    let from = trail[0]
    for (const step of trail.slice(1)) {
      expect(follow(from.file, from.name)).toContain(step.file)
      if (step.name !== undefined) from = step
    }
  })

  it('are broken by a name that leads elsewhere', () => {
    const [[route, useCase]] = trails
    const elsewhere = follow(route.file, 'pageOf')
    expect(elsewhere).toContain('http/endpoints/answers.ts')
    expect(elsewhere).not.toContain(useCase.file)
  })
})
