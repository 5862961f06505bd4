import {
  exactObject,
  filledListOf as isFilledListOf,
  isBoolean,
  isInteger,
  isText,
  listOf as isListOf,
  nullOr,
  oneOf as isOneOf,
  optional as isLeftOutOr,
  recordOf,
  type Shape,
  type Shapes,
} from '@assay/protocol/shapes'
import type { ClaimType, Member, Optional, StringType } from './claim-type.ts'

/**
 * One claim in the table of its format: its type in policies, the form in which it is stored, what it often says, and so
 * its TypeScript type, {@link ValueOf}.
 */
export type Claim<Value = unknown, Type extends Member = Member> = Type & {
  /** Checks a claim that was stored. */
  readonly isStored: Shape<Value>
  /** JSON values that it often has, the most frequent last: they pack well. They decide nothing. */
  readonly usual?: readonly unknown[]
  /** Is not stored with the others. */
  readonly isUnstored?: true
}

/** The claims of a format, or of a claim that has members. */
export type ClaimTable<Of extends Claims = Claims> = Claim<
  ValuesOf<Of>,
  { readonly kind: 'record'; readonly members: Of }
>

/** Claims by name. */
export type Claims = Readonly<Record<string, Claim>>

/** What a claim says. */
export type ValueOf<Of extends Claim> = Of extends { readonly isStored: Shape<infer Value> } ? Value : never

type LeftOut<Of extends Claims> = {
  [Name in keyof Of]: undefined extends ValueOf<Of[Name]> ? Name : never
}[keyof Of]

type ValuesOf<Of extends Claims> = Flat<
  { readonly [Name in keyof Of as Exclude<Name, LeftOut<Of>>]: ValueOf<Of[Name]> } & {
    readonly [Name in keyof Of as Extract<Name, LeftOut<Of>>]?: Exclude<ValueOf<Of[Name]>, undefined>
  }
>
type Flat<Of> = { [Name in keyof Of]: Of[Name] }

export interface BoolType {
  readonly kind: 'bool'
}
export interface IntType {
  readonly kind: 'int'
}
export interface OneOfType<Value extends string> extends StringType<Value> {
  readonly values: readonly Value[]
}
export interface ListType<Of extends IntType | StringType> {
  readonly kind: 'list'
  readonly of: Of
}

export const bool: Claim<boolean, BoolType> = { kind: 'bool', isStored: isBoolean }

export const int: Claim<number, IntType> = { kind: 'int', isStored: isInteger }

/** As rounded from 64 bits. */
export const isWideInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63

/** An integer of 64 bits, rounded. */
export const wideInt: Claim<number, IntType> = { kind: 'int', isStored: isWideInteger }

/** Always true: evidence that could not say so is refused. */
export const alwaysTrue: Claim<true, BoolType> = { kind: 'bool', isStored: isOneOf(true) }

/** One of these integers. */
export function intOf<const Value extends number>(...values: readonly Value[]): Claim<Value, IntType> {
  return { kind: 'int', isStored: isOneOf(...values) }
}

export const text: Claim<string, StringType> = { kind: 'string', isStored: isText }

/** Text of a form of its own. */
export function textOf(isStored: Shape<string>): Claim<string, StringType> {
  return { kind: 'string', isStored }
}

/** Whole octets in lower-case hex, `length` of them where that is given. */
export function hex(length?: number): Claim<string, StringType> {
  return textOf(
    (value): value is string =>
      isText(value) &&
      /^(?:[0-9a-f]{2})*$/.test(value) &&
      (length === undefined || value.length === 2 * length),
  )
}

/** A string that is one of these, and usually the first. */
export function oneOf<const Value extends string>(
  ...values: readonly Value[]
): Claim<Value, OneOfType<Value>> {
  return { kind: 'string', values, isStored: isOneOf(...values), usual: [...values].reverse() }
}

export function listOf<Of extends Claim & (IntType | StringType)>(
  of: Of,
): Claim<readonly ValueOf<Of>[], ListType<Of>> {
  return { kind: 'list', of, isStored: isListOf(of.isStored as Shape<ValueOf<Of>>) }
}

/** A list that must not be empty, or a check would have nothing to check. */
export function filledListOf<Of extends Claim & (IntType | StringType)>(
  of: Of,
): Claim<readonly ValueOf<Of>[], ListType<Of>> {
  return { kind: 'list', of, isStored: isFilledListOf(of.isStored as Shape<ValueOf<Of>>) }
}

/** Integers by name. */
export const counts: Claim<Readonly<Record<string, number>>, { readonly kind: 'counts' }> = {
  kind: 'counts',
  isStored: recordOf(isWideInteger),
}

/** Answers to probes, by the name of the probe. */
export const probes: Claim<
  Readonly<Record<string, string | number | boolean>>,
  { readonly kind: 'probes' }
> = {
  kind: 'probes',
  isStored: recordOf(
    (value): value is string | number | boolean =>
      isText(value) || isBoolean(value) || Number.isFinite(value),
  ),
}

/** What no policy can read. */
export function opaque<Value>(isStored: Shape<Value>): Claim<Value, { readonly kind: 'opaque' }> {
  return { kind: 'opaque', isStored }
}

/** What no policy can read, and what is not stored with the other claims. Evidence may leave it out. */
export function unstored<Value>(): Claim<Value | undefined, Optional<{ readonly kind: 'opaque' }>> {
  return {
    kind: 'optional',
    of: { kind: 'opaque' },
    isStored: (value): value is Value | undefined => value === undefined,
    isUnstored: true,
  }
}

/** All members must be there, apart from those that may be left out, and no other. */
export function record<const Of extends Claims>(members: Of): ClaimTable<Of> {
  const shapes = Object.fromEntries(Object.entries(members).map(([name, { isStored }]) => [name, isStored]))
  return { kind: 'record', members, isStored: exactObject(shapes as unknown as Shapes<ValuesOf<Of>>) }
}

/** A claim that evidence may leave out. */
export function optional<Of extends Claim & ClaimType>(of: Of): Claim<ValueOf<Of> | undefined, Optional<Of>> {
  return { kind: 'optional', of, isStored: isLeftOutOr(of.isStored as Shape<ValueOf<Of>>) }
}

/** A claim that is `null` where evidence does not say it. */
export function orNull<Of extends Claim & ClaimType>(of: Of): Claim<ValueOf<Of> | null, Optional<Of>> {
  return { kind: 'optional', of, isStored: nullOr(of.isStored as Shape<ValueOf<Of>>) }
}

/** The same claim; it often has these JSON values, the most frequent last. */
export function usually<Of extends Claim>(of: Of, ...usual: readonly ValueOf<Of>[]): Of {
  return { ...of, usual: [...(of.usual ?? []).filter((value) => !usual.includes(value as never)), ...usual] }
}
