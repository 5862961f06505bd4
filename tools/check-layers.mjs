/**
 * Holds `package.json` dependencies and project references of every workspace against `tools/layers.mjs`, the table
 * against what the sources import, every import against `dependency-cruiser.mjs`, and the folders of every package
 * against `folder-order.mjs`. Exit code 1 and one line per disagreement.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, format } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import config from './dependency-cruiser.mjs'
import { folderProblems } from './folder-order.mjs'
import { layers, restrictedSubpaths } from './layers.mjs'
import { scope } from './scope.mjs'

/** @returns {string[]} every disagreement found under `root` */
export function checkLayers(root, table = layers) {
  const found = workspaces(root)
  const problems = []
  for (const name of Object.keys(table)) {
    if (!found.has(name)) problems.push(`${name}: in tools/layers.mjs, but no such package`)
  }
  for (const [name, dir] of found) {
    const layer = table[name]
    if (!name.startsWith(`${scope}/`)) problems.push(`${name}: not in the scope of tools/scope.mjs`)
    if (layer === undefined) problems.push(`${name}: not in tools/layers.mjs`)
    else if (layer.dir !== dir) problems.push(`${name}: lies in ${dir}, tools/layers.mjs says ${layer.dir}`)
    else problems.push(...checkPackage(root, name, layer, found))
  }
  return problems
}

function workspaces(root) {
  const { workspaces: patterns } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const found = new Map()
  for (const pattern of patterns) {
    const parent = path.join(root, pattern.replace(/\/\*$/, ''))
    if (!existsSync(parent)) continue
    for (const file of list(parent)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8'))
      found.set(name, path.relative(root, path.dirname(file)).split(path.sep).join('/'))
    }
  }
  return found
}

function list(parent) {
  return readdirSync(parent)
    .map((entry) => path.join(parent, entry, 'package.json'))
    .filter((file) => existsSync(file))
}

function checkPackage(root, name, layer, found) {
  const problems = []
  const manifest = JSON.parse(readFileSync(path.join(root, layer.dir, 'package.json'), 'utf8'))
  const dependencies = layer.bundled === true ? manifest.devDependencies : manifest.dependencies
  const declared = Object.keys(dependencies ?? {}).filter(
    (other) => other.startsWith(`${scope}/`) && layer.files?.includes(other) !== true,
  )
  for (const other of declared) {
    if (!layer.may.includes(other))
      problems.push(`${name}: package.json depends on ${other}, which it may not import`)
  }
  const config = JSON.parse(readFileSync(path.join(root, layer.dir, 'tsconfig.json'), 'utf8'))
  const referenced = (config.references ?? []).map(({ path: target }) =>
    path
      .relative(root, path.resolve(root, layer.dir, target))
      .split(path.sep)
      .join('/'),
  )
  const expected = declared.map((other) => found.get(other))
  for (const dir of referenced)
    if (!expected.includes(dir))
      problems.push(`${name}: tsconfig.json references ${dir}, package.json does not`)
  for (const dir of expected)
    if (!referenced.includes(dir))
      problems.push(`${name}: package.json depends on ${dir}, tsconfig.json does not`)
  return problems
}

/** @returns {string[]} permissions of the table that no source under `root` needs */
export function unusedEntries(root, table = layers, subpaths = restrictedSubpaths) {
  const sources = new Map(Object.entries(table).map(([name, { dir }]) => [name, sourcesOf(root, dir)]))
  const imports = (name, other) => new RegExp(`['"]${other}['"/]`).test(sources.get(name))
  return [
    ...Object.entries(table).flatMap(([name, { may, types = [], codesOnly = [] }]) => [
      ...may
        .filter((other) => !imports(name, other))
        .map((other) => `${name}: may import ${other}, and does not`),
      ...[...types, ...codesOnly]
        .filter((other) => !may.includes(other))
        .map((other) => `${name}: is narrowed for ${other}, which it may not import`),
    ]),
    ...Object.entries(subpaths).flatMap(([subpath, { may, types }]) =>
      [...may, ...types]
        .filter((name) => !imports(name, subpath))
        .map((name) => `${name}: may import ${subpath}, and does not`),
    ),
  ]
}

function sourcesOf(root, dir) {
  const src = path.join(root, dir, 'src')
  return readdirSync(src, { recursive: true })
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .map((file) => readFileSync(path.join(src, file), 'utf8'))
    .join('\n')
}

/** @returns every module under `root` with its imports, and the violations of `dependency-cruiser.mjs` */
export async function cruiseWorkspace(root) {
  const options = {
    ...config.options,
    baseDir: root,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
  }
  const tsConfig = extractTSConfig(path.join(root, 'tsconfig.base.json'))
  const { output } = await cruise(['packages', 'apps', 'lab'], options, undefined, { tsConfig })
  return output
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.cwd()
  const cruised = await cruiseWorkspace(root)
  const imports = await format(cruised, { outputType: 'err' })
  const problems = [
    ...checkLayers(root),
    ...unusedEntries(root),
    ...folderProblems(cruised.modules).map(({ rule, at, text }) => `${rule}: ${at}: ${text}`),
  ]
  console.log(imports.output)
  for (const problem of problems) console.error(problem)
  process.exit(problems.length === 0 && imports.exitCode === 0 ? 0 : 1)
}
