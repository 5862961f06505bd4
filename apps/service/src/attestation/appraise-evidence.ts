import { admit, earDocument, type AppraisalInput, type AppraisalResult, type Policy } from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import type { Api, App, EvidencePurpose } from '@assay/protocol'
import { AttestationDenied } from './outcome.ts'
import type { AppraiseEvidence, EvidenceInput, Verdict } from './ports.ts'
import type { NextTurn } from './cohort.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Anchor, Installation } from './installation.ts'
import type { InstallationRepository } from '../storage/repositories/installations.repository.ts'
import type { Clock } from '../system/ports.ts'
import { checkAgreement } from '../composition/evidence/agreement.ts'
import { holderKeyOf } from '../composition/evidence/holder-key.ts'
import { keepInstallation } from './remember.ts'
import type { PlatformEvidence, PlatformVerifier } from '../composition/evidence/platform-evidence.ts'
import { verifySoftware } from '../composition/evidence/software-evidence.ts'
import type { VerifiedEvidence } from './verified-evidence.ts'

/** Seconds: remembered evidence that is younger would not become better by being asked for again. */
const youngest = 3_600

interface AppraisalDependencies {
  clock: Clock
  platform: PlatformVerifier
  installations: InstallationRepository
  policyFor: (app: App, api: Api) => Promise<Policy>
  appraise: (input: AppraisalInput) => AppraisalResult
  isBanned: (app: string, anchor: Anchor) => Promise<boolean>
  nextTurn: NextTurn
}

/**
 * Verifies the software measurement and the platform evidence of one exchange, and what is remembered of the
 * installation; appraises all of it under the policy of each API; and keeps what is new.
 */
export function createAppraisal(dependencies: AppraisalDependencies): AppraiseEvidence {
  const { clock, platform, installations } = dependencies
  return async (input, apis) => {
    const now = clock() / 1000
    const software = await verifySoftware(input)
    const installation = platform.isAsked(input.app)
      ? await installations.find(input.app.id, input.read.thumbprint)
      : undefined
    const verified = await verifyPlatform(input, software, installation, platform, now)
    if (verified.anchor !== undefined && (await dependencies.isBanned(input.app.id, verified.anchor)))
      throw new AttestationDenied('ANCHOR_BANNED')
    await dependencies.nextTurn()
    const verdicts = await judge(verified, input, apis, dependencies, now)
    if (mustEnrolAnew(verified, verdicts)) throw new ProblemError('enrolment_required')
    await keepInstallation(verified, verdicts, input, installations, clock())
    return verdicts
  }
}

/** Whether a key whose installation is remembered refreshes, or one that is not enrols. */
export function createPurposeOf({
  platform,
  installations,
}: Pick<AppraisalDependencies, 'platform' | 'installations'>) {
  return async (app: App, key: string | undefined): Promise<EvidencePurpose | undefined> => {
    if (!platform.isAsked(app)) return undefined
    const known = key === undefined ? undefined : await installations.find(app.id, key)
    return known === undefined ? 'enrolment' : 'refresh'
  }
}

async function verifyPlatform(
  { app, build, read, items, oneKeyChallenge }: EvidenceInput,
  software: Verified<unknown>,
  installation: Installation | undefined,
  verifier: PlatformVerifier,
  now: number,
): Promise<VerifiedEvidence> {
  if (installation !== undefined && installation.versionCode > build.version_code)
    throw new AttestationDenied('BUILD_OLDER_THAN_BEFORE')
  const { key, binding } = read
  const platform = await verifier.verify(items, { app, key, installation, binding, oneKeyChallenge, now })
  const fresh = platform.fresh.map((piece) => piece.verified)
  checkAgreement({ fresh, recalled: platform.recalled }, build)
  checkAnchorSigns(platform)
  const anchor = platform.fresh.find((piece) => piece.anchor !== undefined)?.anchor
  return {
    software,
    platform,
    installation,
    anchor: anchor ?? installation?.anchor,
    holderKey: holderKeyOf({
      evidence: [...fresh, ...platform.recalled],
      isAttestedItself: oneKeyChallenge !== undefined,
      remembered: anchor === undefined ? installation?.holderKey : undefined,
    }),
  }
}

/** Where the anchor can sign, remembered evidence counts only beside a new signature of it. */
function checkAnchorSigns({ fresh, recalled }: PlatformEvidence): void {
  const canSign = recalled.some(({ format }) => format === 'apple-app-attest')
  const signs = fresh.some(({ verified }) => verified.format === 'apple-app-attest-assertion')
  if (canSign && !signs) throw new AttestationDenied('ANCHOR_SIGNATURE_MISSING')
}

async function judge(
  { software, platform, holderKey, anchor }: VerifiedEvidence,
  { app, read }: EvidenceInput,
  apis: readonly Api[],
  { installations, policyFor, appraise, clock }: AppraisalDependencies,
  now: number,
): Promise<Verdict[]> {
  const claims = [software, ...platform.recalled, ...platform.fresh.map(({ verified }) => verified)]
  const enrolmentsToday =
    anchor === undefined ? 0 : await installations.countEnrolments(app.id, anchor, read.thumbprint, clock())
  const facts = { installation: { holderKey, enrolmentsToday }, ages: platform.ages }
  const verdicts: Verdict[] = []
  for (const api of apis) {
    const result = appraise({ claims, policy: await policyFor(app, api), now, facts })
    const admission = admit(result, api)
    verdicts.push(
      admission.admitted ? { api, holderKey, ...admission } : { api, ...admission, ear: () => earOf(result) },
    )
  }
  return verdicts
}

/** Stays on the server, for the operator. */
function earOf(result: AppraisalResult): unknown {
  return earDocument(result, {
    verifier: { developer: 'assay', build: '0' },
    policies: 'urn:assay:policy',
  })
}

/** What is remembered does not do for some API, and is old: new evidence may. A young refusal is final. */
function mustEnrolAnew({ platform }: VerifiedEvidence, verdicts: readonly Verdict[]): boolean {
  const oldest = Math.max(0, ...Object.values(platform.ages))
  return platform.recalled.length > 0 && oldest >= youngest && verdicts.some(({ admitted }) => !admitted)
}
