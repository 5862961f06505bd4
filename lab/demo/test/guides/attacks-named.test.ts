import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string)

const behindGuard = (row = '') => row.split('|').slice(4).join()

/**
 * Id of each attack to its row in docs/attacks.md, which a test of `lab/attacks` checks against what really happens.
 */
const attacks = new Map(
  [...read('docs/attacks.md').matchAll(/^\| `([a-z0-9-]+)` +\|(.*)$/gm)].map(
    ([, id, row]) => [id, row] as const,
  ),
)

/** What the pages name as an attack: the last column of tables with "shown by", and what follows "In the table:". */
function namedIn(file: string): string[] {
  let inTable = false
  const rows = read(file)
    .split('\n')
    .filter((line) => {
      if (/\| shown by +\|$/.test(line)) inTable = true
      else if (!line.startsWith('|')) inTable = false
      return inTable
    })
  const columns = rows.map((row) => row.split('|').at(-2) ?? '')
  const sentences = [...read(file).matchAll(/In the\s+(?:attack\s+)?table:([^.]*)\./g)].map(
    ([, text]) => text ?? '',
  )
  return [...columns, ...sentences].flatMap(codes)
}

describe('attacks that the pages name', () => {
  it.each(['docs/threat-model.md', 'docs/guides/what-it-does-not-stop.md'])('%s: exist', (file) => {
    const names = namedIn(file)
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !attacks.has(name) && !existsSync(path.join(root, name)))).toEqual([])
  })

  it('docs/guides/what-it-does-not-stop.md: get through behind the guard', () => {
    const named = namedIn('docs/guides/what-it-does-not-stop.md')
    expect(named.filter((name) => !behindGuard(attacks.get(name)).includes('**through**'))).toEqual([])
  })

  it('docs/threat-model.md: every attack that gets through behind the guard is there', () => {
    const named = namedIn('docs/threat-model.md')
    const through = [...attacks].filter(([, row]) => behindGuard(row).includes('**through**'))
    expect(through.map(([id]) => id).filter((id) => !named.includes(id as string))).toEqual([])
  })
})
