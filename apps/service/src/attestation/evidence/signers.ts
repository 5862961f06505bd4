import type { App, BuildSummary } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'

/** The app and build whose signers evidence may name. */
interface SignedApp {
  app: Pick<App, 'signers' | 'store_signers' | 'upload_signers'>
  /** The build that was measured. */
  build: Pick<BuildSummary, 'signers'>
}

/**
 * Signers that evidence may name: those of the measured build, and those that the operator lists for the store. Signers
 * of other builds do not count, and never an upload key, which signs nothing that reaches a phone.
 */
export function signersOf({ app, build }: SignedApp): readonly string[] {
  const all = [...build.signers, ...app.store_signers]
  return [...new Set(all)].filter((signer) => !app.upload_signers.includes(signer))
}

/** The signers that remembered evidence may have named when it came: a later build can have another signer. */
export function knownSigners({ app, build }: SignedApp): readonly string[] {
  return [...new Set([...app.signers, ...signersOf({ app, build })])]
}

/**
 * Remembered evidence names the signers of the build that it came with. If they are not those of the measured build,
 * either the app has changed its signer, or one build vouches for another: new evidence shows which.
 *
 * @throws ProblemError `enrolment_required`
 */
export function checkSigners(stated: readonly string[], signed: SignedApp): void {
  const known = signersOf(signed)
  if (!stated.every((signer) => known.includes(signer))) throw new ProblemError('enrolment_required')
}
