/**
 * Writes the tables of `docs/errors.md`, between `<!-- codes: HEADING -->` and `<!-- end -->`, from the codes that the build
 * describes: `node tools/errors-page.mjs`. `errors.test.mjs` checks the page against the sources.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const block = /(<!-- codes: (.+) -->\n)[\s\S]*?(\n<!-- end -->)/g

/**
 * The page with the tables of `sections`. @throws Error for a block without section, or a section without block
 */
export function withTables(page, sections) {
  const left = new Map(sections.map((section) => [section.heading, section]))
  const headings = [...left.keys()]
  const written = page.replace(block, (_, start, heading, end) => {
    const section = left.get(heading)
    if (section === undefined) throw new Error(`docs/errors.md: no code has the section “${heading}”`)
    left.delete(heading)
    return `${start}\n${linked(tableOf(section), headings)}\n${end}`
  })
  if (left.size > 0)
    throw new Error(`docs/errors.md: there is no block for “${[...left.keys()].join('”, “')}”`)
  return written
}

/** Makes a link of each section that a text names in quotation marks. */
function linked(text, headings) {
  return headings.reduce(
    (linkedSoFar, heading) => linkedSoFar.replaceAll(`“${heading}”`, `[${heading}](#${anchorOf(heading)})`),
    text,
  )
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}

function tableOf({ codes }) {
  const columns = Object.keys([...codes.values()][0].columns)
  const rows = [...codes].map(([code, text]) => [
    `\`${code}\``,
    ...columns.map((name) => text.columns[name]),
    text.meaning,
    text.action,
  ])
  const head = ['code', ...columns, 'meaning', 'what to do']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { codeSections } = await import('@assay/cli/codes')
  const file = path.resolve(import.meta.dirname, '../docs/errors.md')
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), codeSections))
}
