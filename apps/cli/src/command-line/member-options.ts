import { Option, type Command } from 'commander'
import type { Context } from './context.ts'

/** The option that sets one member of a registration, and how the member is shown: all that the CLI knows about it. */
export interface MemberOption<Registered> {
  /** As commander has them, such as `--team <id...>`. */
  flags: string
  help: string
  /** What counts if it is not given at registration, for its help. */
  default?: string
  choices?: readonly string[]
  /** Must be given at registration. */
  isRequired?: true
  /** Cannot be changed after registration. */
  isFixed?: true
  parse?: (text: string) => unknown
  /** Gives the member's value from the option's, such as a file's content from its name. */
  read?: (context: Context, given: string) => Promise<unknown>
  /** What `--no-…` sets when a registration is changed, and its help. */
  none?: { value: unknown; help: string; atRegistration?: true }
  /** Its name where a registration is shown. */
  label: string
  /** Its value there; default: see {@link registrationFields}. `undefined`: the line is left out. */
  show?: (registered: Registered) => string | undefined
}

/** One option for each member: a member without one does not compile. */
export type MemberOptions<Input, Registered> = Readonly<{
  [Member in keyof Required<Input>]: MemberOption<Registered>
}>

type Table<Registered> = Readonly<Record<string, MemberOption<Registered>>>

/** Adds the options of `add`, or of `update`, which gives the members of a registration anew. */
export function withMembers<Registered>(
  command: Command,
  table: Table<Registered>,
  step: 'add' | 'update',
): Command {
  const isNew = step === 'add'
  for (const each of Object.values(table)) {
    if (each.isFixed === true && !isNew) continue
    const preset = isNew && each.default !== undefined ? ` (default: ${each.default})` : ''
    const option = new Option(each.flags, each.help + preset)
    if (each.choices !== undefined) option.choices(each.choices)
    if (each.parse !== undefined) option.argParser(each.parse)
    command.addOption(option.makeOptionMandatory(isNew && each.isRequired === true))
    if (each.none !== undefined && (!isNew || each.none.atRegistration === true))
      command.option(`--no-${option.name()}`, each.none.help)
  }
  return command
}

/** The members that the given options stand for, as a request has them. */
export async function membersGiven<Registered>(
  context: Context,
  table: Table<Registered>,
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const members: Record<string, unknown> = {}
  for (const [member, { flags, none, read }] of Object.entries(table)) {
    const value = given[new Option(flags).attributeName()]
    if (value === undefined) continue
    if (value === false) members[member] = none?.value
    else members[member] = read === undefined ? value : await read(context, value as string)
  }
  return members
}

/** A line for each member that has a value; lists with commas. */
export function registrationFields<Registered extends object>(
  table: Table<Registered>,
  registered: Registered,
): [string, string][] {
  return Object.entries(table).flatMap(([member, { label, show = () => shown(registered, member) }]) => {
    const text = show(registered)
    return text === undefined ? [] : [[label, text]]
  })
}

function shown(registered: object, member: string): string | undefined {
  const value: unknown = (registered as Record<string, unknown>)[member]
  if (value === true) return 'yes'
  const text = Array.isArray(value) ? value.join(', ') : value
  return typeof text === 'number' || (typeof text === 'string' && text !== '') ? String(text) : undefined
}
