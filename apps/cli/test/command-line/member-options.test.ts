import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../src/command-line/context.ts'
import {
  membersGiven,
  registrationFields,
  withMembers,
  type MemberOptions,
} from '../../src/command-line/member-options.ts'

interface Input {
  kind: string
  tags?: string[]
  note?: string
  file?: string
  live?: true
}

const options: MemberOptions<Input, Input> = {
  kind: {
    flags: '--kind <kind>',
    help: 'its kind',
    choices: ['a', 'b'],
    isRequired: true,
    isFixed: true,
    label: 'kind',
  },
  tags: { flags: '--tag <name...>', help: 'its tags', none: { value: [], help: 'no tag' }, label: 'tags' },
  note: { flags: '--note <text>', help: 'a note', default: 'none', label: 'note' },
  file: {
    flags: '--file <file>',
    help: 'a file',
    read: (_context, name) => Promise.resolve(`content of ${name}`),
    none: { value: null, help: 'no file', atRegistration: true },
    label: 'file',
    show: ({ kind }) => (kind === 'a' ? 'shown for a' : undefined),
  },
  live: { flags: '--live', help: 'whether it lives', label: 'live' },
}

function parse(step: 'add' | 'update', ...args: string[]) {
  const command = withMembers(new Command().exitOverride(), options, step)
  command.configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  return command.opts<Record<string, unknown>>()
}

const members = (given: Record<string, unknown>) => membersGiven({} as Context, options, given)

test('a member without an option does not compile', () => {
  const { kind, ...others } = options
  // @ts-expect-error `kind` has no option.
  const incomplete: MemberOptions<Input, Input> = others
  expect({ ...incomplete, kind }).toEqual(options)
})

describe('at registration', () => {
  test('what is required is required, and what is wrong is refused', () => {
    expect(() => parse('add')).toThrow('--kind')
    expect(() => parse('add', '--kind', 'c')).toThrow('Allowed choices are a, b')
  })

  test('there is no way to take away what is not there yet, unless something is there by default', () => {
    expect(() => parse('add', '--kind', 'a', '--no-tag')).toThrow('unknown option')
    expect(parse('add', '--kind', 'a', '--no-file')).toEqual({ kind: 'a', file: false })
  })

  test('the help tells the default', () => {
    expect(withMembers(new Command(), options, 'add').helpInformation()).toContain('a note (default: none)')
    expect(withMembers(new Command(), options, 'update').helpInformation()).not.toContain('default')
  })
})

describe('in a change', () => {
  test('nothing is required, and what is fixed is no option', () => {
    expect(parse('update')).toEqual({})
    expect(() => parse('update', '--kind', 'a')).toThrow('unknown option')
  })

  test('only what is given is a member of the request', async () => {
    expect(await members(parse('update'))).toEqual({})
    expect(await members(parse('update', '--tag', 'x', 'y', '--live'))).toEqual({
      tags: ['x', 'y'],
      live: true,
    })
  })

  test('an option may read its value, or take it away', async () => {
    expect(await members(parse('update', '--file', 'f'))).toEqual({ file: 'content of f' })
    expect(await members(parse('update', '--no-file', '--no-tag'))).toEqual({ file: null, tags: [] })
  })
})

test('a registration is shown in the order of its options, without what is not there', () => {
  expect(registrationFields<Input>(options, { kind: 'a', tags: ['x', 'y'], live: true })).toEqual([
    ['kind', 'a'],
    ['tags', 'x, y'],
    ['file', 'shown for a'],
    ['live', 'yes'],
  ])
  expect(registrationFields<Input>(options, { kind: 'b', tags: [], note: '' })).toEqual([['kind', 'b']])
})
