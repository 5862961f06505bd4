import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { betweenMarkers, attackTable, withTable } from '../src/docs-page.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/attacks.md'), 'utf8')
const table = attackTable(catalogue)

test('docs/attacks.md has the attacks and their expected outcomes (npm run attacks -- --write-docs)', () => {
  expect(betweenMarkers(page)).toBe(table)
})

test('each attack has one row, with its outcome at each level', () => {
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows).toHaveLength(catalogue.length)
  for (const [i, { id, expected: outcomes }] of catalogue.entries()) {
    const cells = rows[i]?.split('|').map((cell) => cell.trim()) ?? []
    expect(cells[1]).toBe(`\`${id}\``)
    const words = { through: '**through**', refused: 'refused', 'not-applicable': '–' }
    const expected = Object.values(outcomes).map(({ outcome }) => words[outcome])
    // The columns of the phone SDKs come after them.
    expect(cells.slice(4, 4 + expected.length)).toEqual(expected)
  }
})

test('writing replaces what stands between the markers and nothing else', () => {
  const written = withTable(page, '| other |')
  expect(betweenMarkers(written)).toBe('| other |')
  expect(withTable(written, table)).toBe(page)
})

test('a page without markers is not written to', () => {
  expect(betweenMarkers('# Assay')).toBeUndefined()
  expect(() => withTable('# Assay', table)).toThrow('markers')
})
