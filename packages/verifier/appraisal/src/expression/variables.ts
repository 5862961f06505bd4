import { int, optional, record, type Member } from '../vocabulary/claim-type.ts'
import { formatsByIdentifier, installationClaims } from '../vocabulary/vocabulary.ts'
import type { Scope } from './checked.ts'

const formats = [...formatsByIdentifier]
const evidence = record(
  Object.fromEntries(formats.map(([identifier, { claims }]) => [identifier, optional(claims)])),
)

/** Variables of every expression. What has no path is no claim. */
export const variables: Scope['variables'] = {
  evidence: { member: evidence, path: 'evidence' },
  software: { member: evidence.members['software'] as Member, path: 'evidence.software' },
  ages: {
    member: record(Object.fromEntries(formats.map(([identifier]) => [identifier, optional(int)]))),
    path: 'ages',
  },
  installation: { member: installationClaims, path: 'installation' },
  now: { member: int },
}
