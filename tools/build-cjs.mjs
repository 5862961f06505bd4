/**
 * Writes `dist/cjs` of the packages that CommonJS programs may require: the same modules as CommonJS, with a `package.json`
 * that says so, and types. `tsc -b` must have run. It is for programs that cannot `import` (older test runners, bundlers in
 * CommonJS mode, TypeScript projects without `"type": "module"`).
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { layers } from './layers.mjs'

/** The guard, and its dependencies. */
const packages = ['@assay/protocol', '@assay/guard']

export function buildCommonJs(root) {
  for (const name of packages) {
    const folder = path.join(root, layers[name].dir)
    const target = path.join(folder, 'dist/cjs')
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target, { recursive: true })
    writeFileSync(path.join(target, 'package.json'), '{ "type": "commonjs" }\n')
    for (const file of filesIn(path.join(folder, 'src')).filter((each) => each.endsWith('.ts'))) {
      const stem = file.replace(/\.ts$/, '')
      const out = path.join(target, `${stem}.js`)
      mkdirSync(path.dirname(out), { recursive: true })
      writeFileSync(out, asCommonJs(path.join(folder, 'src', file)))
      cpSync(path.join(folder, 'dist', `${stem}.d.ts`), path.join(target, `${stem}.d.ts`))
    }
  }
}

function asCommonJs(file) {
  return ts.transpileModule(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      rewriteRelativeImportExtensions: true,
      // The packages have named exports; none imports a default from CommonJS.
      esModuleInterop: false,
    },
  }).outputText
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildCommonJs(path.resolve(import.meta.dirname, '..'))
