/** What a form has typed or chosen: one text, or several of a list. */
export type Value = string | readonly string[]
export type Values = Readonly<Record<string, Value>>

interface Common {
  label: string
  /** Of the CLI, with its dashes. */
  option: string
  hint?: string
  /** Only at registration. */
  isFixed?: true
  isRequired?: true
  /** Most registrations say it: the others are folded up. */
  isMain?: true
  /** What is sent where the field is empty on a change: the CLI's `--no-…`. Left out: it cannot be emptied. */
  none?: null | false | readonly [] | Readonly<Record<string, never>>
  /** What the service sets where a registration does not say it: such a form starts with it. */
  preset?: Value
}

/** How one member of a registration is filled in. */
export type Field = Common &
  (
    | { kind: 'text'; placeholder?: string }
    | { kind: 'number'; least: number; most: number }
    /** A first choice without a value stands for an empty field. */
    | { kind: 'choice'; choices: readonly (readonly [value: string, words: string])[] }
    | { kind: 'choices'; choices: readonly string[] }
    /** Words with spaces or line breaks between them. */
    | { kind: 'list'; placeholder?: string }
    | { kind: 'json' }
    | { kind: 'flag' }
  )

/** By member, in the order of the form. */
export type Fields = Readonly<Record<string, Field>>

/** What an empty form has. */
export const emptyOf = ({ kind }: Field): Value => (kind === 'choices' ? [] : '')

/** What the form of a registration starts with. Of a choice it is the first: a select shows it. */
export const startOf = (fields: Fields): Values =>
  Object.fromEntries(
    Object.entries(fields).map(([member, field]) => [
      member,
      field.preset ?? (field.kind === 'choice' ? (field.choices[0]?.[0] ?? '') : emptyOf(field)),
    ]),
  )

/** What a form shows of a member of a registration. */
export function shownOf(field: Field, member: unknown): Value {
  switch (field.kind) {
    case 'choices':
      return Array.isArray(member) ? (member as string[]) : []
    case 'list':
      return Array.isArray(member) ? member.join('\n') : ''
    case 'json':
      return member === undefined ? '' : JSON.stringify(member, null, 2)
    case 'flag':
      return member === true ? 'true' : ''
    default:
      return typeof member === 'string' || typeof member === 'number' ? String(member) : ''
  }
}

const wordsIn = (text: Value): string[] =>
  typeof text === 'string' ? text.split(/[\s,]+/).filter((word) => word !== '') : [...text]

const isEmpty = (value: Value): boolean =>
  value.length === 0 || (typeof value === 'string' && value.trim() === '')

/** The member that a value stands for. @throws SyntaxError if it is not JSON */
function memberOf(field: Field, value: Value): unknown {
  switch (field.kind) {
    case 'choices':
    case 'list':
      return wordsIn(value)
    case 'number':
      return Number(value)
    case 'json':
      return JSON.parse(String(value)) as unknown
    case 'flag':
      return true
    default:
      return String(value).trim()
  }
}

interface Changes {
  fields: Fields
  values: Values
  /** What it was; undefined: it is not registered yet. */
  before: Values | undefined
}

/** Fields that say something: of a registration all that are filled in and no preset, of a change those that differ. */
function given({ fields, values, before }: Changes): [member: string, field: Field, value: Value][] {
  return Object.entries(fields).flatMap(([member, field]) => {
    const { preset } = field
    const value = values[member] ?? preset ?? emptyOf(field)
    const isGiven =
      before !== undefined
        ? field.isFixed !== true && !isSame(value, before[member] ?? '')
        : preset === undefined
          ? !isEmpty(value)
          : !isSame(value, preset)
    return isGiven ? [[member, field, value] as [string, Field, Value]] : []
  })
}

const isSame = (one: Value, other: Value): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The body that registers or changes it. @throws SyntaxError if a field is not JSON */
export function bodyOf(changes: Changes): Record<string, unknown> {
  return Object.fromEntries(
    given(changes).flatMap(([member, field, value]) => {
      if (!isEmpty(value)) return [[member, memberOf(field, value)]]
      return field.none === undefined ? [] : [[member, field.none]]
    }),
  )
}

/** What is wrong with it, in words. An empty text that a registration needs is left to the browser, which marks its field. */
export function faultIn(changes: Changes): string | undefined {
  const needed = changes.before === undefined ? Object.entries(changes.fields) : []
  const missing = [
    ...needed
      .filter(([member, { kind, isRequired }]) => {
        const isGroup = kind === 'choices' && isRequired === true
        return isGroup && isEmpty(changes.values[member] ?? [])
      })
      .map(([, field]) => field),
    ...given(changes)
      .filter(([, { none }, value]) => none === undefined && isEmpty(value))
      .map(([, field]) => field),
  ]
  const [first] = missing
  if (first !== undefined) return `“${first.label}” cannot be empty.`
  try {
    bodyOf(changes)
    return undefined
  } catch (error) {
    return `Not JSON: ${(error as Error).message}`
  }
}

/** The options of the CLI that say the same. */
export function optionsOf(changes: Changes): string[] {
  return given(changes).flatMap(([, field, value]) => {
    const { option, kind, none } = field
    if (isEmpty(value)) return none === undefined ? [] : [option.replace(/^--/, '--no-')]
    if (kind === 'flag') return [option]
    if (kind === 'json') return [option, `${option.slice(2)}.json`]
    return [option, ...(kind === 'list' || kind === 'choices' ? wordsIn(value) : [String(value).trim()])]
  })
}
