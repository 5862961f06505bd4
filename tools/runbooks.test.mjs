import { PassThrough } from 'node:stream'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../apps/cli/src/program/program.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = 'docs/runbooks'
const read = (file) => readFileSync(path.join(root, file), 'utf8')
const pages = readdirSync(path.join(root, folder)).filter((name) => name !== 'README.md')
const alerts = ['alerts.yml', 'alerts-weeks.yml'].flatMap((file) =>
  parse(read(`deploy/observability/${file}`)).groups.flatMap(({ rules }) =>
    rules.filter(({ alert }) => alert !== undefined),
  ),
)

describe('each alert', () => {
  it.each(alerts.map((rule) => [rule.alert, rule.annotations]))(
    '%s names a page that names it',
    (alert, { runbook }) => {
      expect(pages.map((name) => `${folder}/${name}`)).toContain(runbook)
      expect(read(runbook)).toContain(`\`${alert}\``)
      expect(read(`${folder}/README.md`)).toContain(`\`${alert}\``)
    },
  )
})

/** Every command line of a page: of its blocks, and of its sentences. */
const commandsOf = (page) => [
  ...[...page.matchAll(/^```sh\n([^`]*)```$/gm)].flatMap(([, block]) => block.trim().split('\n')),
  ...[...page.matchAll(/`(assay [^`]+)`/g)].map(([, line]) => line),
]

/** Undefined: the command and its options exist. */
function faultOf(program, line) {
  const [name, ...words] = line.match(/"[^"]*"|\S+/g)
  if (name !== 'assay') return 'not a command of assay'
  let command = program
  while (command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words[0])
    if (next === undefined) return `no command ${words[0]}`
    command = next
    words.shift()
  }
  const known = [...command.options, ...program.options].map(({ long }) => long)
  return words.find((word) => word.startsWith('--') && !known.includes(word))
}

describe('each page', async () => {
  const stream = () => new PassThrough()
  const program = await createProgram({ out: stream(), err: stream() }, {}, process, [])

  it.each(pages)('%s is linked, by an alert and by the list, and its commands exist', (name) => {
    const page = read(`${folder}/${name}`)
    expect(alerts.map(({ annotations }) => annotations.runbook)).toContain(`${folder}/${name}`)
    expect(read(`${folder}/README.md`)).toContain(`](${name})`)
    const commands = commandsOf(page)
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.flatMap((line) => faultOf(program, line) ?? [])).toEqual([])
  })

  it('would be found out: a command and an option that do not exist', () => {
    expect(faultOf(program, 'assay doktor')).toBe('no command doktor')
    expect(faultOf(program, 'assay stats --since 1h --bye code')).toBe('--bye')
    expect(faultOf(program, 'assay stats --since 1h --by code')).toBeUndefined()
  })
})
