import { isJsonObject } from '@assay/protocol'
import { asVerified, type Verified } from './verified.ts'

/** Checks whether a stored value has the form of a claim. */
export type Form<T> = (value: unknown) => value is T

/** The form of each claim, by its name. */
export type Forms<Claims> = { readonly [Name in keyof Claims]-?: Form<Claims[Name]> }

/** The version of the stored value, not of the claims: a release that changes what claims mean increments it. */
const version = 1

/**
 * The part of verified claims to store: a JSON value for {@link recalled} only.
 */
export function remembered(claims: object): unknown {
  return structuredClone({ version, claims })
}

/**
 * The claims that {@link remembered} has stored: copied, frozen, and each in its form.
 *
 * @throws Error, a malfunction, unless every member is one that this format has stored
 */
export function recalled<Claims extends object>(
  value: unknown,
  format: string,
  forms: Forms<Claims>,
): Verified<Claims> {
  const stored: unknown = structuredClone(value)
  if (!isStored(stored) || !hasForms(stored.claims, forms))
    throw new Error(
      `remembered evidence of the format ${format} does not have the form in which it was stored`,
    )
  return asVerified(format, freezeAll(stored.claims))
}

function isStored(value: unknown): value is { claims: unknown } {
  return isJsonObject(value) && Object.keys(value).length === 2 && value['version'] === version
}

function hasForms<Claims extends object>(value: unknown, forms: Forms<Claims>): value is Claims {
  return (
    isJsonObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(forms, name)) &&
    Object.entries<Form<unknown>>(forms).every(([name, isForm]) => isForm(ownMember(value, name)))
  )
}

function ownMember(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freezeAll)
    Object.freeze(value)
  }
  return value
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

export const isText = (value: unknown): value is string => typeof value === 'string'

/** A whole number that JSON keeps. */
export const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

/** As rounded from 64 bits. */
export const isWideInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63

/** Whole octets in lower-case hex, `length` of them where that is given. */
export function isHex(length?: number): Form<string> {
  return (value): value is string =>
    isText(value) && /^(?:[0-9a-f]{2})*$/.test(value) && (length === undefined || value.length === 2 * length)
}

export function oneOf<const Values extends readonly unknown[]>(...values: Values): Form<Values[number]> {
  return (value): value is Values[number] => values.includes(value)
}

export function nullOr<T>(isForm: Form<T>): Form<T | null> {
  return (value): value is T | null => value === null || isForm(value)
}

/** A claim that may be left out. */
export function leftOutOr<T>(isForm: Form<T>): Form<T | undefined> {
  return (value): value is T | undefined => value === undefined || isForm(value)
}

export function listOf<T>(isForm: Form<T>): Form<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isForm)
}

/** A list that must not be empty, or a check would have nothing to check. */
export function filledListOf<T>(isForm: Form<T>): Form<readonly T[]> {
  const isList = listOf(isForm)
  return (value): value is readonly T[] => isList(value) && value.length > 0
}

/** An object with any names and members of one form. */
export function recordOf<T>(isForm: Form<T>): Form<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> =>
    isJsonObject(value) && Object.values(value).every((each) => isForm(each))
}

/** An object with exactly these members, each in its form. */
export function objectOf<T extends object>(forms: Forms<T>): Form<T> {
  return (value): value is T => hasForms(value, forms)
}
