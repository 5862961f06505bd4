import { levels, type Attack, type Expected, type Level } from './attack/attack.ts'
import { automatedThreats } from './attack/oat.ts'
import { markdownTable } from './table.ts'
import { withoutSdk } from './attack/sdks.ts'

const begin = '<!-- attacks: written by `npm run attacks -- --write-docs` -->'
const end = '<!-- attacks: end -->'

const headings: Record<Level, string> = {
  unprotected: 'unprotected',
  'embedded-secret': 'embedded secret',
  'assay-software': 'Assay, software',
  'assay-hardware': 'Assay, hardware',
}

/** The table of attacks with their expected outcomes, which the suites check, and the reasons why some do without an SDK. */
export function attackTable(attacks: readonly Attack[]): string {
  const rows = attacks.map(({ id, title, oat, expected, sdks: { kotlin, swift, hermes = kotlin } }) => [
    `\`${id}\``,
    title,
    `${oat} ${automatedThreats[oat]}`,
    ...levels.map((level) => wordFor(expected[level])),
    ...[kotlin, swift, hermes].map((withSdk) =>
      typeof withSdk === 'string' ? '' : wordFor(expected['assay-hardware']),
    ),
  ])
  const columns = [...levels.map((level) => headings[level]), 'Kotlin SDK', 'Swift SDK', 'React Native']
  const reasons = Object.entries(withoutSdk).map(([key, { sdks: names, reason }]) => {
    const without = attacks.filter(({ sdks: { kotlin, swift } }) => kotlin === key || swift === key)
    return `- ${names.join(', ')}: ${reason}: ${without.map(({ id }) => `\`${id}\``).join(', ')}.`
  })
  return [markdownTable(['attack', 'what is done', 'threat', ...columns], rows), noPart, ...reasons].join(
    '\n',
  )
}

const noPart = '\n### Attacks without an SDK\n'

function wordFor(expected: Expected): string {
  switch (expected.outcome) {
    case 'through':
      return '**through**'
    case 'refused':
      return 'refused'
    case 'not-applicable':
      return '–'
  }
}

/** The text between the markers of a page, without blank lines around it; `undefined` if there are no markers. */
export function betweenMarkers(page: string): string | undefined {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  return from === -1 || to < from ? undefined : page.slice(from + begin.length, to).trim()
}

/** The page with `table` between its markers. @throws Error if there are no markers */
export function withTable(page: string, table: string): string {
  if (betweenMarkers(page) === undefined) throw new Error('the page has no markers for the table of attacks')
  const from = page.indexOf(begin)
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(page.indexOf(end))}`
}
