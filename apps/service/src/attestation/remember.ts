import { isEnrolment, type PlatformVerifier } from './evidence/platform-evidence.ts'
import { AttestationRefused } from './model/outcome.ts'
import type { Submission, ApiResult, VerifiedEvidence } from './submission.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pseudonymIndex, type EarlyRefreshment, type Enrolment, type Kept } from './model/installation.ts'
import type { PseudonymOf } from './issue.ts'
import type { InstallationStore } from './model/ports.ts'
import type { JudgedAt } from './use-once.ts'

interface KeepPorts {
  installations: Pick<InstallationStore, 'enrol' | 'refresh'>
  platform: Pick<PlatformVerifier, 'unvouchedPerDay'>
  pseudonymOf: PseudonymOf
}

/**
 * Keeps what the exchange has shown about the installation. A measurement alone leaves nothing. New evidence
 * is kept if some API accepts it; the counter of an assertion always, because the assertion has been used. What was
 * recorded when the installation was recalled is already written. A repeat enrols only what its first use did not: it
 * counts nothing and asks no vendor again.
 *
 * @throws AttestationRefused, ProblemError `enrolment_required`: then nothing was kept
 */
export async function keepInstallation(
  verified: VerifiedEvidence & { recorded: EarlyRefreshment | undefined },
  results: readonly ApiResult[],
  submission: Submission,
  ports: KeepPorts,
  { at, isRepeat }: JudgedAt,
): Promise<void> {
  const { installations } = ports
  const { platform, installation, recorded } = verified
  const accepting = results.filter(({ accepted }) => accepted).map(({ api }) => api.audience)
  if (isEnrolment(platform.fresh) && accepting.length > 0) {
    if (isRepeat && isEnrolled(verified)) return
    refuse(await installations.enrol(enrolmentOf(verified, submission, accepting, ports), at))
  } else if (installation !== undefined) {
    const counter = platform.fresh.find((piece) => piece.counter !== undefined)?.counter
    const { app, build, read } = submission
    const newNames = namesOf(submission, accepting, ports).filter(
      (name) => !installation.names.includes(name),
    )
    if (recorded !== undefined && recorded.counter === counter && newNames.length === 0) return
    refuse(
      await installations.refresh(
        {
          app: app.id,
          thumbprint: read.thumbprint,
          versionCode: build.version_code,
          abi: submission.planned.plan.abi,
          binding: read.binding,
          counter,
          newNames,
        },
        at,
      ),
    )
  }
}

/** Whether this evidence, or later one by the same vouching key, is remembered. */
function isEnrolled({ platform, installation, vouchingKey }: VerifiedEvidence): boolean {
  if (installation === undefined) return false
  const known = installation.vouchingKey
  return (
    known?.kind === vouchingKey?.kind &&
    known?.id === vouchingKey?.id &&
    platform.remembered.every(({ format, verifiedAt }) =>
      installation.evidence.some((kept) => kept.format === format && kept.verifiedAt >= verifiedAt),
    )
  )
}

/** The names that the tokens for these APIs have for the installation. */
function namesOf(
  { app, read }: Submission,
  audiences: readonly string[],
  { pseudonymOf }: Pick<KeepPorts, 'pseudonymOf'>,
): number[] {
  return audiences.map((audience) => pseudonymIndex(pseudonymOf(app.id, audience, read.thumbprint)))
}

function enrolmentOf(
  { platform, installation, holderKey, vouchingKey }: VerifiedEvidence,
  submission: Submission,
  audiences: readonly string[],
  ports: KeepPorts,
): Enrolment {
  const { app, build, read, planned } = submission
  const vouching = platform.fresh.find((piece) => piece.vouchingKey !== undefined)?.vouchingKey
  const asserting = platform.fresh.find((piece) => piece.assertionKey !== undefined)
  return {
    app: app.id,
    thumbprint: read.thumbprint,
    versionCode: build.version_code,
    abi: planned.plan.abi ?? installation?.abi,
    holderKey,
    vouchingKey,
    isVouchedAnew: vouching !== undefined,
    perDay: vouching?.perDay,
    unvouchedPerDay: ports.platform.unvouchedPerDay(app),
    evidence: platform.remembered,
    assertion:
      asserting?.assertionKey === undefined
        ? installation?.assertion
        : { key: asserting.assertionKey, counter: 0 },
    receipt: asserting?.receipt,
    saidDevice: submission.saidDevice,
    binding: read.binding,
    names: namesOf(submission, audiences, ports),
  }
}

function refuse(kept: Kept): void {
  switch (kept) {
    case 'ok':
      return
    case 'older_build':
      throw new AttestationRefused('BUILD_OLDER_THAN_BEFORE')
    case 'vouching_key_spent':
      throw new AttestationRefused('VOUCHING_KEY_ENROLMENTS_SPENT')
    case 'unvouched_spent':
      throw new AttestationRefused('UNVOUCHED_ENROLMENTS_SPENT')
    case 'counter_used':
      throw new AttestationRefused('ASSERTION_COUNTER_USED')
    case 'unknown':
      throw new ProblemError('enrolment_required')
  }
}
