import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { apiFields } from '../src/forms/api-fields.ts'
import { appFields } from '../src/forms/app-fields.ts'
import { buildFields } from '../src/forms/build-fields.ts'
import {
  bodyOf,
  emptyOf,
  faultIn,
  optionsOf,
  shownOf,
  startOf,
  type Fields,
  type Values,
} from '../src/forms/fields.ts'

const cli = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8').split('\n')
/** The options of a command, by its row. */
const optionsIn = (command: string) => cli.find((line) => line.startsWith(`| \`${command} `)) ?? ''
const fields: Record<string, Fields> = {
  app: appFields(['strict']),
  api: apiFields(['com.example.app'], ['strict']),
}

describe('the forms of registrations', () => {
  it.each(Object.entries(fields))('have the options of `assay %s add` and `update`', (name, all) => {
    const [add, update] = [`${name} add`, `${name} update`].map(optionsIn)
    for (const { option, isFixed, none } of Object.values(all).filter((field) => field.option !== '')) {
      expect(add).toContain(`\`${option}\``)
      if (isFixed !== true) expect(update).toContain(`\`${option}\``)
      if (isFixed !== true && none !== undefined)
        expect(update).toContain(`\`${option.replace('--', '--no-')}\``)
    }
  })

  it('have the options of `assay build add`', () => {
    const add = optionsIn('build add')
    for (const { option } of Object.values<{ option: string }>(buildFields))
      for (const word of option.split(' ').filter((each) => each.startsWith('--')))
        expect(add).toContain(`\`${word}\``)
  })

  it('send what is filled in, and of a change what differs', () => {
    const app = fields['app'] as Fields
    const values: Values = {
      id: 'a',
      platform: 'web',
      min_version_code: '7',
      teams: 'A1, B2\nC3',
      evidence: '{"x":{}}',
    }
    const registered = bodyOf({ fields: app, values, before: undefined })
    expect(registered).toEqual({
      ...{ id: 'a', platform: 'web', min_version_code: 7, teams: ['A1', 'B2', 'C3'], evidence: { x: {} } },
    })
    const before = Object.fromEntries(
      Object.entries(app).map(([member, field]) => [
        member,
        shownOf(field, { ...registered, policy: 'strict' }[member]),
      ]),
    )
    const change = {
      fields: app,
      before,
      values: { ...before, policy: '', teams: '', name: 'it’s', platform: 'ios' },
    }
    expect(bodyOf(change)).toEqual({ policy: null, teams: [], name: 'it’s' })
    expect(optionsOf(change)).toEqual(['--name', 'it’s', '--no-policy', '--no-team'])
    expect(bodyOf({ ...change, values: before })).toEqual({})
    expect(bodyOf({ ...change, values: { ...before, unvouched_per_day: '' } })).toEqual({})
    expect(() => bodyOf({ ...change, values: { ...before, evidence: '{' } })).toThrow(SyntaxError)
  })

  it('say so where nothing of a preset is left', () => {
    const app = fields['app'] as Fields
    const changes = { fields: app, values: { ...startOf(app), let_through_tiers: [] }, before: undefined }
    expect(bodyOf(changes)).toEqual({ platform: 'android', let_through_tiers: [] })
    expect(optionsOf(changes)).toContain('--no-let-through-tiers')
    expect(optionsIn('app add')).toContain('`--no-let-through-tiers`')
    expect(faultIn(changes)).toBeUndefined()
    const api = fields['api'] as Fields
    const values = { ...startOf(api), audience: 'https://a', apps: ['a'], tiers: ['warning'] }
    expect(faultIn({ fields: api, values, before: undefined })).toBeUndefined()
    expect(faultIn({ fields: api, values: { ...values, channels: [] }, before: undefined })).toBe(
      '“Channels whose builds get tokens for it” cannot be empty.',
    )
  })

  it.each(Object.entries(fields))('of an %s report each field that cannot be emptied', (name, all) => {
    const before = Object.fromEntries(
      Object.entries(all).map(([member, { kind }]) => [member, kind === 'choices' ? ['x'] : '1']),
    )
    const faults = Object.entries(all).flatMap(([member, field]) => {
      if (field.isFixed === true) return []
      const fault = faultIn({ fields: all, before, values: { ...before, [member]: emptyOf(field) } })
      expect(fault, member).toBe(field.none === undefined ? `“${field.label}” cannot be empty.` : undefined)
      return fault === undefined ? [] : [member]
    })
    expect(faults).toEqual(
      name === 'app'
        ? ['name', 'min_version_code', 'signers']
        : ['apps', 'tiers', 'name', 'enforcement', 'mode', 'token_lifetime', 'channels'],
    )
    expect(faultIn({ fields: all, before, values: before })).toBeUndefined()
  })

  it('report a group of an API in which nothing is chosen, and what is not JSON', () => {
    const api = fields['api'] as Fields
    const values = { ...startOf(api), audience: 'https://a', apps: ['a'] }
    expect(faultIn({ fields: api, values, before: undefined })).toBe(
      '“Tiers that it admits; there is no default” cannot be empty.',
    )
    const app = fields['app'] as Fields
    expect(faultIn({ fields: app, values: { evidence: '{' }, before: undefined })).toMatch(/^Not JSON: /)
  })

  it('set no limit of its own for installations that nothing vouches for', () => {
    const app = fields['app'] as Fields
    const before = { ...startOf(app), unvouched_per_day: '5' }
    const change = { fields: app, before, values: { ...before, unvouched_per_day: '' } }
    expect(bodyOf(change)).toEqual({ unvouched_per_day: null })
    expect(optionsOf(change)).toEqual(['--no-unvouched-per-day'])
  })
})
