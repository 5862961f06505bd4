type MisuseCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE'

/** A fault of the caller. Messages name the option and what it must be, never its value. */
export function misuse(code: MisuseCode, message: string): TypeError {
  return Object.assign(new TypeError(message), { code })
}

export function typeMisuse(name: string, expected: string): TypeError {
  return misuse('ERR_INVALID_ARG_TYPE', `${name} must be ${expected}`)
}

export function valueMisuse(name: string, expected: string): TypeError {
  return misuse('ERR_INVALID_ARG_VALUE', `${name} must be ${expected}`)
}

/** A number within bounds, or the default where none is given. */
export function numberWithin(
  name: string,
  value: unknown,
  bounds: { least: number; most: number; otherwise: number },
): number {
  if (value === undefined) return bounds.otherwise
  if (typeof value !== 'number') throw typeMisuse(name, 'a number')
  if (!(value >= bounds.least && value <= bounds.most)) {
    throw valueMisuse(name, `a number from ${bounds.least} to ${bounds.most}`)
  }
  return value
}

/** A non-empty list of distinct members, each of which `accepts`. */
export function distinctList<T extends string>(
  name: string,
  value: unknown,
  expected: string,
  accepts: (member: string) => member is T,
): readonly T[] {
  if (!Array.isArray(value)) throw typeMisuse(name, 'an array')
  if (value.length === 0) throw valueMisuse(name, `a list of at least one: ${expected}`)
  const members = value.map((member: unknown) => {
    if (typeof member !== 'string') throw typeMisuse(name, 'an array of text')
    if (!accepts(member)) throw valueMisuse(name, `a list of: ${expected}`)
    return member
  })
  if (new Set(members).size !== members.length) throw valueMisuse(name, 'a list without repetitions')
  return Object.freeze(members)
}

export function oneOf<T extends string>(name: string, value: unknown, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value)
  if (found === undefined) throw valueMisuse(name, `one of: ${values.join(', ')}`)
  return found
}

export function optionalFunction<T>(name: string, value: T | undefined): T | undefined {
  if (value !== undefined && typeof value !== 'function') throw typeMisuse(name, 'a function')
  return value
}

/** An object with these methods. */
export function port<T extends object>(name: string, value: T, methods: readonly (keyof T & string)[]): T {
  if (
    typeof value !== 'object' ||
    value === null ||
    !methods.every((method) => typeof value[method] === 'function')
  ) {
    throw typeMisuse(name, `an object with ${methods.join(', ')}`)
  }
  return value
}
