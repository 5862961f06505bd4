import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { changes, type Change } from '../src/api/changes.ts'
import { lineOf, wordsOf } from '../src/api/command-line.ts'

const hostile = `-a'b; rm -rf "$HOME" \`id\` !x\n#*\\`
const build = { app: 'com.example.app', build: hostile }
const named = { audience: 'https://api.example.com', installation: '-'.repeat(43) }
const terms = { note: hostile, span: '30' }

/** Each change with what a shell would take amiss; one that is missing does not compile. */
const samples: { [Name in keyof typeof changes]: Parameters<(typeof changes)[Name]> } = {
  removeApp: [hostile],
  setShadowPolicy: [hostile, 'strict'],
  retireBuild: [build],
  activateBuild: [build],
  restoreBuild: [build],
  endVariant: [{ ...build, variant: hostile }],
  activateVariant: [{ ...build, variant: hostile }],
  removeBuild: [build],
  updateBuild: [build, { channel: 'beta', end: '90d', endFirstDays: true }],
  removeApi: [hostile],
  savePolicy: ['ours', '{}'],
  rollBackPolicy: ['ours', 3],
  removePolicy: ['ours'],
  ban: [hostile, named, terms],
  liftBan: [{ app: hostile, kind: 'android-device', vouching_key: '-'.repeat(43) }],
  addTestDevice: [hostile, named, terms],
  removeTestDevice: [hostile, named],
  letThrough: [{ app: hostile, key: '-'.repeat(43) }, { audience: named.audience, trace: 't' }, terms],
  forget: [hostile, '-'.repeat(43)],
  addKey: [{ name: hostile, scope: 'support', apps: [hostile], letThrough: true, days: '' }],
  removeKey: ['-MunGd_tA53U6NnG'],
}

const all = Object.entries(samples).map(([name, sample]): [string, Change] => [
  name,
  (changes[name as keyof typeof changes] as (...of: unknown[]) => Change)(...sample),
])
const cli = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8').split('\n')
/** The row of a command. */
const rowOf = (name: string) => cli.find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line)) ?? ''

/** The words that a shell makes of a line. */
const split = (line: string) =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

describe('the line of the CLI beside a change', () => {
  it.each(all)('%s: has the options of its command', (_, { command }) => {
    const row = rowOf(command.name)
    expect(row, command.name).not.toBe('')
    for (const option of command.options?.filter((word) => /^--[a-z]/.test(word)) ?? [])
      expect(row).toContain(`\`${option}\``)
    expect(row.includes('`--yes`')).toBe(command.asks === true)
  })

  it.each(all)('%s: is taken by a shell as it is meant', (_, { command }) => {
    expect(split(lineOf(command))).toEqual(wordsOf(command))
  })

  it('has an argument that looks like an option behind all options', () => {
    expect(wordsOf(changes.removeBuild(build).command)).toEqual([
      ...['assay', 'build', 'remove', '--app', 'com.example.app', '--', hostile],
    ])
  })

  it('is readable where a shell needs no quotes', () => {
    expect(lineOf(changes.retireBuild({ app: 'com.example.app', build: '1.0+1' }).command)).toBe(
      'assay build retire 1.0+1 --app com.example.app',
    )
  })

  it('says no end as the CLI takes it: bans have none, keys end in a year', () => {
    const ban = changes.ban('a', { key: 'k' }, { note: ' ', span: '' })
    expect(lineOf(ban.command)).toBe('assay ban add --app a --key k')
    expect(ban.body?.(0)).toEqual({ key: 'k' })
    const key = changes.addKey({ name: 'n', scope: 'read', apps: ['a'], letThrough: true, days: '' })
    expect(lineOf(key.command)).toBe('assay key add --name n --scope read --expires-in never')
    expect(key.body?.(0)).toEqual({ name: 'n', scope: 'read' })
    const empty = changes.addKey({ name: '', scope: 'support', apps: [], letThrough: false, days: '7' })
    expect(lineOf(empty.command)).toBe('assay key add --name NAME --scope support --app APP --expires-in 7d')
  })
})
