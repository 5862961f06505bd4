import { EvidenceError, type Verified } from '@assay/evidence'
import type { BuildSummary } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Installation } from '../model/installation.ts'
import type { Piece, PlatformEvidence } from '../evidence/platform-evidence.ts'
import { verifyMeasurement, type CheckMeasurement, type Measured } from './verify-measurement.ts'

/** What the measurement shows, and why it would be refused if these were not the first days of the release. */
export interface MeasuredCode {
  verified: Verified<unknown>
  /** Undefined: the code is the registered one. */
  difference: EvidenceError | undefined
}

type FirstDays = Pick<BuildSummary, 'difference_until'>

/**
 * Verifies the measurement. In the first days of a release, code that differs is claimed as such: whether that passes is
 * decided once the other evidence has been verified.
 *
 * @param at milliseconds since 1970
 * @throws EvidenceError
 */
export async function measureCode(
  measured: Measured & { build: FirstDays },
  at: number,
  check: CheckMeasurement,
): Promise<MeasuredCode> {
  try {
    return { verified: await verifyMeasurement(measured, check), difference: undefined }
  } catch (error) {
    const { difference_until: until } = measured.build
    if (!(error instanceof EvidenceError) || until === null || at >= Date.parse(until)) throw error
    return { verified: await verifyMeasurement(measured, check, true), difference: error }
  }
}

/** What else is known when a difference is judged. */
interface Vouching {
  build: Pick<BuildSummary, 'version_code' | 'package'>
  installation: Installation | undefined
}

/**
 * Whether hardware vouches that the installed app is of this package, this signer and exactly this version code: by
 * evidence of this exchange, or by what is remembered and signed by its key now. Then code that differs is what a store
 * made of the release, or what runs in it beside the app's own.
 *
 * @throws ProblemError `enrolment_required` for remembered evidence of an older version: new evidence names this one
 * @returns false: it is refused
 */
export function isVouchedFor(
  { fresh, recalled }: Pick<PlatformEvidence, 'fresh' | 'recalled'>,
  { build, installation }: Vouching,
): boolean {
  const vouching = recalled.filter(vouches)
  if (fresh.some((piece) => vouches(piece) && states(piece, build))) return true
  if (vouching.some((piece) => isSignedNow(piece, { fresh, build, installation }))) return true
  if (vouching.some((piece) => (statedBy(piece, build) ?? Infinity) < build.version_code))
    throw new ProblemError('enrolment_required')
  return false
}

const vouches = ({ scheme, verified }: Piece): boolean => scheme.vouchesForApp?.(verified.claims) === true

const statedBy = ({ scheme, verified }: Piece, { package: name }: Vouching['build']): number | undefined =>
  scheme.versionCode(verified.claims, name)

const states = (piece: Piece, build: Vouching['build']): boolean =>
  statedBy(piece, build) === build.version_code

/**
 * By an assertion that states the version itself, or with the attested key, which is the installation key and has signed
 * the client data.
 */
function isSignedNow(
  piece: Piece,
  { fresh, build, installation }: Vouching & Pick<PlatformEvidence, 'fresh'>,
): boolean {
  const asserts = ({ scheme }: Piece) => scheme.asserts === piece.scheme.descriptor.name
  if (fresh.some((assertion) => asserts(assertion) && states(assertion, build))) return true
  return installation?.holderKey === 'hardware' && states(piece, build)
}
