import { invalidArgument } from '@assay/protocol'
import {
  bool,
  counts,
  int,
  listOf,
  measurement,
  oneOf,
  optional,
  record,
  type Claim,
  type ClaimTable,
  type Member,
  type SchemeDescription,
} from '@assay/evidence'

/** The format of measurements: every attestation has one, so that no vocabulary is without it. */
export const measurementFormat = measurement.descriptor.name

/** A scheme, as far as policies need it. */
export type PolicyScheme = Pick<SchemeDescription, 'descriptor' | 'claims' | 'asserts'>

/** A format and its claims. */
export interface FormatClaims {
  readonly format: string
  readonly claims: ClaimTable
  /** Whether an app is registered for it separately: not for a measurement, which all apps give, nor for assertions. */
  readonly isRegistered: boolean
}

/** What policies can refer to. */
export interface Vocabulary {
  /** Formats by the name that expressions have for them: hyphens would be minus signs. */
  readonly formats: ReadonlyMap<string, FormatClaims>
  /** Variables of every expression. A variable without a path is not a claim. */
  readonly variables: Readonly<Record<string, { readonly member: Member; readonly path?: string }>>
}

/** What the service knows about the installation, beside the evidence. */
export const installationClaims = record({
  holderKey: oneOf('software', 'vouched', 'hardware'),
  enrolmentsToday: int,
  hardwareKeyDemanded: bool,
})

/** Whether the app is registered for a kind of evidence. */
const registrations = oneOf('no', 'optional', 'required')

/**
 * The vocabulary of a service that accepts evidence of these schemes, in addition to software measurement.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if two formats have one identifier
 */
export function vocabularyOf(schemes: readonly PolicyScheme[]): Vocabulary {
  const known: readonly FormatClaims[] = [
    { format: measurementFormat, claims: measurement.claims, isRegistered: false },
    ...schemes.map(({ descriptor, claims, asserts }) => ({
      format: descriptor.name,
      claims,
      isRegistered: asserts === undefined,
    })),
  ]
  const formats = new Map(known.map((each) => [identifierOf(each.format), each]))
  if (formats.size !== known.length) throw invalidArgument('two formats have one identifier')
  const membersOf = (of: (each: FormatClaims) => Claim) =>
    record(Object.fromEntries([...formats].map(([identifier, each]) => [identifier, of(each)])))
  const registered = [...formats].filter(([, each]) => each.isRegistered).map(([identifier]) => identifier)
  const names = listOf(oneOf(...registered))
  return {
    formats,
    variables: {
      evidence: { member: membersOf(({ claims }) => optional(claims)), path: 'evidence' },
      software: { member: optional(measurement.claims), path: 'evidence.software' },
      ages: { member: membersOf(() => optional(int)), path: 'ages' },
      installation: { member: installationClaims, path: 'installation' },
      registered: {
        member: record(Object.fromEntries(registered.map((identifier) => [identifier, registrations]))),
        path: 'registered',
      },
      missing: { member: names, path: 'missing' },
      unread: { member: names, path: 'unread' },
      // By name, so that one look-up finds a key, and no macro goes over thousands.
      bootKeys: { member: counts, path: 'bootKeys' },
      now: { member: int },
    },
  }
}

/** The name of a format in expressions. */
export function identifierOf(format: string): string {
  return format.replaceAll('-', '_')
}
