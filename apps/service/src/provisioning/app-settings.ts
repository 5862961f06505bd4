import type { SchemeSettings } from '@assay/evidence'
import {
  publicTestKeys,
  remedyPlatforms,
  type AppEvidence,
  type Platform,
  type RemedyKind,
} from '@assay/protocol'
import type { App } from '@assay/protocol/schemas'
import { ProblemError } from '../faults/problem-error.ts'

interface EvidenceAsked {
  evidence?: AppEvidence | undefined
  optional_evidence?: readonly string[] | undefined
}

/** @throws ProblemError for evidence that no device of the platform can give: the app could never send it */
export function checkEvidence(
  platform: Platform,
  { evidence = {}, optional_evidence: optional = [] }: EvidenceAsked,
  settings: readonly SchemeSettings[],
): void {
  const possible = settings.filter((each) => each.platform === platform).map(({ name }) => name)
  const errors = Object.entries(evidence)
    .filter(([name, value]) => value !== undefined && !possible.includes(name))
    .map(([name]) => ({ pointer: `/evidence/${name}`, code: 'other_platform' }))
  const unknown = optional.flatMap((name, i) =>
    possible.includes(name) ? [] : [{ pointer: `/optional_evidence/${i}`, code: 'unknown_evidence' }],
  )
  errors.push(...unknown)
  if (errors.length > 0) throw new ProblemError('evidence_settings_invalid', { errors })
}

/** @throws ProblemError for a remedy that no user of the platform can carry out */
export function checkRemedies(
  platform: Platform,
  { remedies = [] }: { remedies?: readonly RemedyKind[] | undefined },
): void {
  const errors = remedies.flatMap((kind, i) =>
    remedyPlatforms[kind].includes(platform) ? [] : [{ pointer: `/remedies/${i}`, code: 'other_platform' }],
  )
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
}

/** Platforms whose apps have an identity of this kind that builds or evidence are checked against. */
const platformsWith: Readonly<
  Record<'package' | 'teams' | (typeof signerLists)[number], readonly Platform[]>
> = {
  package: ['android', 'ios'],
  teams: ['ios'],
  // An IPA is signed again by the App Store, and before that with whichever certificate its team has at the time.
  signers: ['android'],
  store_signers: ['android'],
  upload_signers: ['android'],
}

const signerLists = ['signers', 'store_signers', 'upload_signers'] as const

/**
 * Every app may have no signers, and its id as the package. @throws ProblemError for an identity that nothing would be
 * checked against
 */
export function checkIdentity(
  platform: Platform,
  identity: {
    id?: string
    package?: string | undefined
    signers?: readonly string[] | undefined
    store_signers?: readonly string[] | undefined
    upload_signers?: readonly string[] | undefined
    teams?: readonly string[] | undefined
  },
): void {
  const { id, package: name = id } = identity
  const given = [
    ...(name === id ? [] : (['package'] as const)),
    ...([...signerLists, 'teams'] as const).filter((list) => (identity[list] ?? []).length > 0),
  ]
  const errors = given
    .filter((member) => !platformsWith[member].includes(platform))
    .map((member) => ({ pointer: `/${member}`, code: 'other_platform' }))
  errors.push(...signerLists.flatMap((list) => signerFaults(list, identity)))
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
}

type SignerLists = { [List in (typeof signerLists)[number]]?: readonly string[] | undefined }

/** Anyone can sign with a public test key; and an upload key that the store signs with would not be an upload key. */
function signerFaults(list: (typeof signerLists)[number], lists: SignerLists) {
  const { store_signers: store = [] } = lists
  return (lists[list] ?? []).flatMap((signer, i) => {
    const pointer = `/${list}/${i}`
    if (publicTestKeys.has(signer)) return [{ pointer, code: 'public_test_key' }]
    return list === 'upload_signers' && store.includes(signer) ? [{ pointer, code: 'store_signer' }] : []
  })
}

/**
 * Since when each kind of evidence is expected of an app: as recorded before, or from `now` on (milliseconds since 1970)
 * for kinds that were not expected before. A kind that is optional or no longer registered loses its note.
 */
export function expectedSince(
  {
    evidence,
    optional_evidence,
    evidence_since,
  }: Pick<App, 'evidence' | 'optional_evidence' | 'evidence_since'>,
  now: number,
): App['evidence_since'] {
  const expected = Object.keys(evidence).filter((kind) => !optional_evidence.includes(kind))
  return Object.fromEntries(
    expected.map((kind) => [kind, evidence_since[kind] ?? new Date(now).toISOString()]),
  )
}
