import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const shared = fileURLToPath(new URL('../../..', import.meta.url))
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2020,
  module: ts.ModuleKind.ES2020,
  useDefineForClassFields: false,
  rewriteRelativeImportExtensions: true,
}

/** Paths relative to the folder of the shared packages. */
function sources(folder: string): string[] {
  return readdirSync(join(shared, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith('.ts') && !path.includes('schemas') && !path.endsWith('node-crypto.ts'))
}

/**
 * The two shared packages and the program as plain ES modules, which any engine loads without resolving package names:
 * path to text.
 */
export function plainModules(): Map<string, string> {
  const modules = new Map<string, string>()
  for (const path of [
    ...sources('protocol/src'),
    ...sources('measurement/src'),
    'measurement/test/engines/program.ts',
  ]) {
    const { outputText } = ts.transpileModule(readFileSync(join(shared, path), 'utf8'), { compilerOptions })
    const protocol = relative(dirname(path), 'protocol/src/index.js')
    const encodings = relative(dirname(path), 'protocol/src/encoding/encodings.js').replace(/^(?!\.)/, './')
    const text = outputText
      .replace(/'@assay\/protocol'/g, `'${protocol}'`)
      .replace(/'@assay\/protocol\/encodings'/g, `'${encodings}'`)
    modules.set(path.replace(/ts$/, 'js'), text)
  }
  return modules
}

export function writeModules(folder: string, modules: ReadonlyMap<string, string>): void {
  for (const [path, text] of modules) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/**
 * The modules in a folder as one script for engines that know neither modules nor classes nor async functions, as a
 * bundler of mobile apps makes it. `main` is the module that starts.
 */
export function asOneOldScript(folder: string, main: string): string {
  const old: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES5,
    module: ts.ModuleKind.CommonJS,
    downlevelIteration: true,
    ignoreDeprecations: '6.0',
  }
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?js$/.test(path))
    .map((path) => {
      const { outputText } = ts.transpileModule(readFileSync(join(folder, path), 'utf8'), {
        compilerOptions: old,
      })
      const local = outputText.replace(
        /require\("(.+?)"\)/g,
        (_, name: string) => `require("${join(dirname(path), name)}")`,
      )
      return `modules["${path}"] = function (exports) {${local}\n};`
    })
  return `var modules = {}, loaded = {};
function require(name) {
  if (!loaded[name]) modules[name]((loaded[name] = {}));
  return loaded[name];
}
${modules.join('\n')}
require("${main}");
`
}
