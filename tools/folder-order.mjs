/**
 * The order of files and folders inside the `src` of every package, computed from the imports between its files. No table
 * says which folder lies above which: it is enough that the folders can be put in an order. Imports of types count.
 *
 * - `file-circle`: files import each other in a circle
 * - `arrow-back`: a file imports one that lies in a folder around its own
 * - `folder-circle`: of the folders that lie side by side, at any depth, some import each other in a circle
 */
import path from 'node:path/posix'
import { layers } from './layers.mjs'

/**
 * @param modules those of dependency-cruiser, with paths relative to the root of the repository
 * @returns {{ rule: string, at: string, text: string }[]} each problem, with the package or the file that has it
 */
export function folderProblems(modules, table = layers) {
  return Object.values(table).flatMap(({ dir }) => packageProblems(modules, `${dir}/src`))
}

function packageProblems(modules, src) {
  const imports = importsWithin(modules, src)
  return [
    ...arrowsBack(imports).map(([from, to]) => ({ rule: 'arrow-back', at: from, text: `-> ${to}` })),
    ...circlesOf(groupedBy(imports, (file) => file)).map((text) => ({ rule: 'file-circle', at: src, text })),
    ...foldersOf(imports).flatMap((parent) =>
      circlesOf(groupedBy(imports, (file) => childOf(parent, file))).map((text) => ({
        rule: 'folder-circle',
        at: parent,
        text,
      })),
    ),
  ]
}

/** @returns {[string, string][]} importer and imported, of all imports that stay in `src` */
function importsWithin(modules, src) {
  return modules
    .filter(({ source }) => source.startsWith(`${src}/`))
    .flatMap(({ source, dependencies }) =>
      [...new Set(dependencies.map(({ resolved }) => resolved))]
        .filter((resolved) => resolved.startsWith(`${src}/`))
        .map((resolved) => [source, resolved]),
    )
}

function arrowsBack(imports) {
  return imports.filter(([from, to]) => path.dirname(from).startsWith(`${path.dirname(to)}/`))
}

/** Every folder that has one of the files in or below it. */
function foldersOf(imports) {
  const folders = new Set()
  for (const file of imports.flat())
    for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) folders.add(folder)
  return [...folders].sort()
}

/** The folder directly below `parent` that has the file in or below it. */
function childOf(parent, file) {
  if (!file.startsWith(`${parent}/`)) return undefined
  const [child, ...below] = file.slice(parent.length + 1).split('/')
  return below.length > 0 ? `${parent}/${child}` : undefined
}

/** What each group imports of the other groups, each time with one import that does so. Files without a group are left out. */
function groupedBy(imports, groupOf) {
  const graph = new Map()
  for (const [from, to] of imports) {
    const [above, below] = [groupOf(from), groupOf(to)]
    if (above === undefined || below === undefined || above === below) continue
    if (!graph.has(above)) graph.set(above, new Map())
    graph.get(above).set(below, `${from} -> ${to}`)
  }
  return graph
}

/** The imports of one circle for each place where a depth-first walk comes upon a node of its own way. */
function circlesOf(graph) {
  const circles = []
  const done = new Set()
  function walk(node, way) {
    const circle = way.slice(way.indexOf(node))
    if (way.includes(node))
      circles.push(circle.map((from, i) => graph.get(from).get(circle[i + 1] ?? node)).join(', '))
    if (way.includes(node) || done.has(node)) return
    for (const next of graph.get(node)?.keys() ?? []) walk(next, [...way, node])
    done.add(node)
  }
  for (const node of graph.keys()) walk(node, [])
  return circles
}
