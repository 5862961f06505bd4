import { invalidArgument } from '@assay/protocol'

/**
 * A fault of the caller: a TypeError (`ERR_INVALID_ARG_VALUE`). Its message names the option and what it must be, never
 * its value; for a URL, at most its normal form, without user and query.
 */
export function misuse(name: string, expected: string): TypeError {
  return invalidArgument(`${name} must be ${expected}`)
}

/** An object with no members other than those in `known`: an unknown name would be a rule that nobody applies. */
export function knownMembers(of: string, value: unknown, known: object): void {
  const names = Object.keys(known).join(', ')
  if (typeof value !== 'object' || value === null) throw misuse(`options of ${of}`, `an object with ${names}`)
  for (const name of Reflect.ownKeys(value)) {
    if (!Object.hasOwn(known, name))
      throw invalidArgument(`${of} takes no ${String(name)}; it takes: ${names}`)
  }
}

/** A number within bounds, or the default if none is given. */
export function numberWithin(
  name: string,
  value: unknown,
  bounds: { least: number; most: number; otherwise: number },
): number {
  if (value === undefined) return bounds.otherwise
  if (typeof value !== 'number' || !(value >= bounds.least && value <= bounds.most)) {
    throw misuse(name, `a number from ${bounds.least} to ${bounds.most}`)
  }
  return value
}

/** A non-empty list of distinct members, each of which `accepts`. `expected` describes one member. */
export function distinctList<T extends string>(
  name: string,
  value: unknown,
  expected: string,
  accepts: (member: string) => member is T,
): readonly T[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw misuse(name, `an array of at least one member, each ${expected}`)
  }
  const members = Array.from(value, (member: unknown, at) => {
    if (typeof member !== 'string' || !accepts(member)) throw misuse(`${name}[${at}]`, expected)
    return member
  })
  if (new Set(members).size !== members.length) throw misuse(name, 'an array without repetitions')
  return Object.freeze(members)
}

export function oneOf<T extends string>(name: string, value: unknown, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value)
  if (found === undefined) throw misuse(name, `one of: ${values.join(', ')}`)
  return found
}

export function functionOf<T>(name: string, value: T): T {
  if (typeof value !== 'function') throw misuse(name, 'a function')
  return value
}

export function optionalFunction<T>(name: string, value: T | undefined): T | undefined {
  return value === undefined ? undefined : functionOf(name, value)
}

/** An object with these methods, and with true or false as `flag`. */
export function port<T extends object>(
  name: string,
  value: T,
  methods: readonly (keyof T & string)[],
  flag?: keyof T & string,
): T {
  if (
    typeof value !== 'object' ||
    value === null ||
    !methods.every((method) => typeof value[method] === 'function')
  ) {
    throw misuse(name, `an object with ${methods.join(', ')}`)
  }
  if (flag !== undefined && typeof value[flag] !== 'boolean') throw misuse(`${name}.${flag}`, 'true or false')
  return value
}

/** The guard that an adapter gets. */
export function guardOf<T extends { verify: unknown }>(guard: T): T {
  if (typeof guard !== 'object' || guard === null || typeof guard.verify !== 'function') {
    throw misuse('guard', 'what createGuard or createNodeGuard returns')
  }
  return guard
}
