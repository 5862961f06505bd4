/**
 * Checks the Markdown files against the tree: relative links lead somewhere, `npm run …` names a script, folders
 * named as code exist, no file of docs/ is unreachable, no command lets npm fetch a package by name, and each folder
 * of code has a line in the map of docs/architecture.md. Exit code 1 and one line per fault.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const skipped = new Set(['node_modules', 'dist', '.git', 'coverage'])

function markdownFiles(root, folder = '.') {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownFiles(root, file)
    return entry.name.endsWith('.md') ? [file] : []
  })
}

const link = /\[[^\]]*\]\(([^)\s]+)\)/g
const script = /npm run ([a-z][a-z:-]*)/g
/**
 * Tools of the reader's own app are not our concern. Any other name is fetched from the public registry if it is not
 * installed, and run.
 */
const fetching = /\bnpx +(?!expo\b|pod-install\b)(?:--?[a-z-]+ +)*(\S+)|npm exec (?!--no\b)/g
const place = /`((?:packages|apps|lab|docs|tools)\/[A-Za-z0-9_./-]+)`/g

/** Folders of code that no line of the map begins with. Lines that ran together lose all names but their first. */
function foldersWithoutLine(root) {
  const map = path.join(root, 'docs/architecture.md')
  if (!existsSync(map)) return []
  const begins = [
    ...readFileSync(map, 'utf8').matchAll(/^((?:packages|apps|lab)\/[^\s,]+(?:, [^\s,]+)*)(?= {2}| \w|$)/gm),
  ]
  const named = begins.flatMap(([, names]) =>
    names
      .split(', ')
      .map((name, i, [first]) => (name.includes('/') ? name : path.join(path.dirname(first), name))),
  )
  const below = (folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
      .map(({ name }) => `${folder}/${name}`)
  return ['apps', 'lab', ...below('packages')].flatMap(below).filter((folder) => !named.includes(folder))
}

/** @returns {string[]} */
export function checkDocs(root) {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const files = markdownFiles(root)
  const problems = []
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8')
    for (const [, target] of text.matchAll(link)) {
      if (/^[a-z]+:|^#/.test(target)) continue
      if (!existsSync(path.join(root, path.dirname(file), target.replace(/#.*/, '')))) {
        problems.push(`${file}: the link ${target} leads nowhere`)
      }
    }
    for (const [, name] of text.matchAll(script)) {
      if (scripts[name] === undefined) problems.push(`${file}: there is no script ${name}`)
    }
    for (const [command] of text.matchAll(fetching)) {
      problems.push(`${file}: ${command.trim()} may fetch a package; npm exec --no does not`)
    }
    for (const [, name] of text.matchAll(place)) {
      if (!existsSync(path.join(root, name))) problems.push(`${file}: ${name} does not exist`)
    }
  }
  const all = files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n')
  for (const file of files.filter((name) => name.startsWith('docs'))) {
    const named = path.basename(path.dirname(file)) === 'adr' ? 'docs/adr/' : path.basename(file)
    if (!all.includes(named)) problems.push(`${file}: no page leads to it`)
  }
  for (const folder of foldersWithoutLine(root))
    problems.push(`docs/architecture.md: no line begins with ${folder}`)
  return problems
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkDocs(process.cwd())
  for (const problem of problems) console.error(problem)
  process.exit(problems.length === 0 ? 0 : 1)
}
