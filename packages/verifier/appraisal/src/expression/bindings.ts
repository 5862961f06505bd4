import type { ClaimSet } from '../claims/claim-set.ts'
import { typeOf, type ClaimType, type RecordType } from '@assay/evidence'
import {
  identifierOf,
  installationClaims,
  measurementFormat,
  type Vocabulary,
} from '../vocabulary/vocabulary.ts'

type Value = string | bigint | number | boolean | readonly Value[] | Values
type Values = ReadonlyMap<string, Value>

/**
 * The variables of expressions. Only claims that are read are looked at.
 *
 * @param reads their names, such as `evidence.software.live`
 * @throws Error for a claim that is missing although its evidence is present, or that has the wrong type
 */
export function bind(
  claims: ClaimSet,
  reads: ReadonlySet<string>,
  { formats }: Pick<Vocabulary, 'formats'>,
): Record<string, Value> {
  const evidence = new Map<string, Values>()
  const ages = new Map<string, Value>()
  for (const [identifier, { format, claims: known }] of formats) {
    if (!claims.formats.includes(format)) continue
    const isRead = (name: string) => reads.has(`evidence.${identifier}.${name}`)
    evidence.set(
      identifier,
      membersOf(known, isRead, (name) => claims.read([format, name])),
    )
    if (reads.has(`ages.${identifier}`)) ages.set(identifier, age(claims.read(['ages', format])))
  }
  const software = evidence.get(measurementFormat)
  const listed = (fact: 'missing' | 'unread') =>
    reads.has(fact) ? { [fact]: identifiers(claims.read([fact, 'formats'])) } : {}
  return {
    evidence,
    ...(software === undefined ? {} : { software }),
    ages,
    registered: registrations(claims, reads, formats),
    ...listed('missing'),
    ...listed('unread'),
    ...(reads.has('bootKeys') ? { bootKeys: bootKeysOf(claims.read(['bootKeys', 'given'])) } : {}),
    installation: membersOf(
      installationClaims,
      (name) => reads.has(`installation.${name}`),
      (name) => claims.read(['installation', name]),
    ),
    now: BigInt(Math.floor(claims.now)),
  }
}

/** By identifier, for formats that are read. @throws Error where it is not known what is registered */
function registrations(claims: ClaimSet, reads: ReadonlySet<string>, formats: Vocabulary['formats']): Values {
  const values = new Map<string, Value>()
  for (const [identifier, { format, isRegistered }] of formats) {
    if (!isRegistered || !reads.has(`registered.${identifier}`)) continue
    if (claims.read(['missing', 'formats']) === undefined) throw new Error('the registration is not known')
    const value = claims.read(['registered', format])
    values.set(identifier, value === 'required' || value === 'optional' ? value : 'no')
  }
  return values
}

/** As it was given: copying thousands for each attestation would cost more than a policy may. */
function bootKeysOf(given: unknown): Values {
  if (!(given instanceof Map)) throw new Error('the boot keys are not known')
  return given as Values
}

function identifiers(formats: unknown): Value {
  if (!Array.isArray(formats)) throw new Error('the registration is not known')
  return formats.map((format) => identifierOf(String(format)))
}

function membersOf(
  { members }: RecordType,
  isRead: (name: string) => boolean,
  read: (name: string) => unknown,
): Values {
  const values = new Map<string, Value>()
  for (const [name, member] of Object.entries(members)) {
    if (!isRead(name)) continue
    const value = read(name) ?? undefined
    if (value !== undefined) values.set(name, valueOf(typeOf(member), value))
    else if (member.kind !== 'optional') throw new Error(`the claim ${name} is missing`)
  }
  return values
}

function valueOf(type: ClaimType, value: unknown): Value {
  switch (type.kind) {
    case 'bool':
      if (typeof value === 'boolean') return value
      break
    case 'int':
      if (Number.isSafeInteger(value)) return BigInt(value as number)
      break
    case 'string':
      if (typeof value === 'string') return value
      break
    case 'list':
      if (Array.isArray(value)) return value.map((each) => valueOf(type.of, each))
      break
    case 'counts':
      return entries(value, (each) => valueOf({ kind: 'int' }, each))
    case 'probes':
      return entries(value, answer)
    case 'record':
      return membersOf(
        type,
        () => true,
        (name) => own(value, name),
      )
    case 'opaque':
      break
  }
  throw new Error(`a claim is not of the type ${type.kind}`)
}

function entries(value: unknown, of: (each: unknown) => Value): Values {
  if (value === null || typeof value !== 'object') throw new Error('claims by name are not an object')
  return new Map(Object.entries(value).map(([name, each]) => [name, of(each)]))
}

function own(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') throw new Error('a claim with members is not an object')
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function answer(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new Error('an answer to a probe is not a scalar')
}

/** Seconds; an unknown age does not count as recent. */
function age(value: unknown): Value {
  if (typeof value !== 'number' || !(value >= 0 && value < 1e11)) throw new Error('the age is not known')
  return BigInt(Math.floor(value))
}
