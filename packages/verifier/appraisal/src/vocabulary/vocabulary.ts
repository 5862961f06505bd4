import { invalidArgument } from '@assay/protocol'
import {
  bool,
  int,
  oneOf,
  optional,
  record,
  type Member,
  type RecordType,
  type SchemeDescription,
} from '@assay/evidence'
import { softwareClaims } from './software.ts'

/** A scheme, as far as policies have to know it. */
export type PolicyScheme = Pick<SchemeDescription, 'descriptor' | 'claims'>

/** A format and its claims. */
export interface FormatClaims {
  readonly format: string
  readonly claims: RecordType
}

/** What policies can speak of. */
export interface Vocabulary {
  /** Formats by the name that expressions have for them: hyphens would be minus signs. */
  readonly formats: ReadonlyMap<string, FormatClaims>
  /** Variables of every expression. What has no path is not a claim. */
  readonly variables: Readonly<Record<string, { readonly member: Member; readonly path?: string }>>
}

/** What the service knows about the installation, beside the evidence. */
export const installationClaims = record({
  holderKey: oneOf('software', 'vouched', 'hardware'),
  enrolmentsToday: int,
  hardwareKeyDemanded: bool,
})

/**
 * The vocabulary of a service that takes evidence of these schemes, beside software measurement.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) where two formats have one identifier
 */
export function vocabularyOf(schemes: readonly PolicyScheme[]): Vocabulary {
  const known: readonly FormatClaims[] = [
    { format: 'software', claims: softwareClaims },
    ...schemes.map(({ descriptor, claims }) => ({ format: descriptor.name, claims })),
  ]
  const formats = new Map(known.map((each) => [identifierOf(each.format), each]))
  if (formats.size !== known.length) throw invalidArgument('two formats have one identifier')
  const membersOf = (of: (each: FormatClaims) => Member) =>
    record(Object.fromEntries([...formats].map(([identifier, each]) => [identifier, of(each)])))
  return {
    formats,
    variables: {
      evidence: { member: membersOf(({ claims }) => optional(claims)), path: 'evidence' },
      software: { member: optional(softwareClaims), path: 'evidence.software' },
      ages: { member: membersOf(() => optional(int)), path: 'ages' },
      installation: { member: installationClaims, path: 'installation' },
      now: { member: int },
    },
  }
}

/** The name of a format in expressions. */
export function identifierOf(format: string): string {
  return format.replaceAll('-', '_')
}
