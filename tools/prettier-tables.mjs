/**
 * Prettier, but without padding in Markdown tables: a change of one cell changes one row, not the whole table.
 */
import * as markdown from 'prettier/plugins/markdown'
import { doc } from 'prettier'

const { mdast } = markdown.printers
const { join, hardline } = doc.builders

const rules = { left: ':---', right: '---:', center: ':---:' }

function printTable(path, options, print) {
  const { align } = path.node
  const [head, ...rows] = path.map(
    () => path.map((cell) => (cell.node.children.length === 0 ? '' : print()), 'children'),
    'children',
  )
  const line = (cells) => ['|', ...cells.map((cell) => (cell === '' ? ' |' : [' ', cell, ' |']))]
  return join(hardline, [line(head), line(head.map((_, i) => rules[align[i]] ?? '---')), ...rows.map(line)])
}

export const { languages, parsers, options } = markdown
export const printers = {
  mdast: {
    ...mdast,
    print: (path, options, print, args) =>
      path.node.type === 'table' ? printTable(path, options, print) : mdast.print(path, options, print, args),
  },
}
