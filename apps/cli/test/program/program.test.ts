import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'

const program = await createProgram({ out: new PassThrough(), err: new PassThrough() }, {}, process, [])
const page = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/cli.md'), 'utf8')

/** Commands that do something, by their whole name. */
function commandsOf(command: Command, name = ''): [string, Command][] {
  return command.commands.flatMap((one) => {
    const whole = `${name} ${one.name()}`.trim()
    return one.commands.length === 0 ? [[whole, one]] : commandsOf(one, whole)
  })
}

const commands = commandsOf(program)

test('docs/cli.md names the commands that there are, each with its arguments and options', () => {
  const documented = page
    .split('\n')
    .map((line) => /^\| `([a-z][a-zA-Z -]*)` +\|([^|]*)\|/.exec(line))
    .filter((row) => row !== null)
    .map(
      ([, synopsis = '', options = '']) =>
        `${synopsis}:${options.replaceAll('`', ' ').replaceAll(/ +/g, ' ').trimEnd()}`,
    )
  const existing = commands.map(([name, command]) => {
    const given = command.registeredArguments.map((argument) => argument.name().toUpperCase())
    const options = command.options.map(({ long }) => ` ${String(long)}`).join('')
    return `${[name, ...given].join(' ')}:${options}`
  })
  expect(documented.sort()).toEqual(existing.sort())
})

test.each(commands)(
  'assay %s says what each argument and option is, and gives an example that it takes',
  async (name, command) => {
    for (const { description } of [...command.registeredArguments, ...command.options]) {
      expect(description).toMatch(/\w{3}/)
    }
    const { stdout } = await cli([...name.split(' '), '--help'])
    expect(stdout).toMatch(/Examples?:\n {2}/)
    const shown = /Examples?:\n((?: {2}.*\n?)+)/.exec(stdout)?.[1] ?? ''
    const lines = shown.split(/\n|&&|\|/).map((line) => line.trim())
    expect(lines.some((line) => line.startsWith(`assay ${name}`))).toBe(true)
    for (const line of lines.filter((one) => one.startsWith('assay ')))
      expect(unknownOptions(line)).toEqual([])
  },
)

function unknownOptions(line: string): string[] {
  const [, command] = commands.find(([name]) => line.startsWith(`assay ${name}`)) ?? []
  const known = [...(command?.options ?? []), ...program.options].map(({ long }) => String(long))
  return (line.match(/--[a-z][a-z0-9-]*/g) ?? []).filter((option) => !known.includes(option))
}

test('a value of an option that is named like a command does not stand for one', async () => {
  const streams = { out: new PassThrough(), err: new PassThrough() }
  const loaded = async (...args: string[]) =>
    (await createProgram(streams, {}, process, args)).commands.map((command) => command.name())
  expect(await loaded('--api-key-file', 'key', '--help')).toEqual(await loaded())
  expect(await loaded('--api-key-file', 'key', 'build', 'add', 'app')).toEqual(['build'])
  expect(await loaded('--json', 'serve')).toEqual(['serve'])
})
