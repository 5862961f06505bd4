/** Whether a value of unknown origin has a form. */
export type Shape<T> = (value: unknown) => value is T

/** The shape of each member, by its name. */
export type Shapes<Of extends object> = { readonly [Name in keyof Of]-?: Shape<Of[Name]> }

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

export const isText = (value: unknown): value is string => typeof value === 'string'

/** A whole number that JSON keeps. */
export const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

export const isFunction = (value: unknown): value is (...given: never[]) => unknown =>
  typeof value === 'function'

/** An object that JSON could give: no list. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !Array.isArray(value)

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export function oneOf<const Values extends readonly unknown[]>(...values: Values): Shape<Values[number]> {
  return (value): value is Values[number] => values.includes(value)
}

export function nullOr<T>(holds: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || holds(value)
}

/** Left out, or `undefined`. */
export function optional<T>(holds: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || holds(value)
}

/** A list without gaps: `every` alone skips them. */
export function listOf<T>(holds: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && Array.from<unknown>(value).every(holds)
}

/** A list that must not be empty, or a check would have nothing to check. */
export function filledListOf<T>(holds: Shape<T>): Shape<readonly T[]> {
  const isList = listOf(holds)
  return (value): value is readonly T[] => isList(value) && value.length > 0
}

/** An object with any names, and values of one shape. */
export function recordOf<T>(holds: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isRecord(value) && Object.values(value).every(holds)
}

/** An object that has at least these members, its own or inherited. */
export function objectWith<T extends object>(shapes: Shapes<T>): Shape<T> {
  return (value): value is T =>
    isObject(value) &&
    Object.entries<Shape<unknown>>(shapes).every(([name, holds]) =>
      holds((value as Record<string, unknown>)[name]),
    )
}

/** An object with exactly these members, all its own. */
export function exactObject<T extends object>(shapes: Shapes<T>): Shape<T> {
  return (value): value is T =>
    isRecord(value) &&
    Object.keys(value).every((name) => Object.hasOwn(shapes, name)) &&
    Object.entries<Shape<unknown>>(shapes).every(([name, holds]) =>
      holds(Object.hasOwn(value, name) ? value[name] : undefined),
    )
}
