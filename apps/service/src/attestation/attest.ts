import type { AttestationRequest, ChallengeHead } from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'
import { RetryableError } from '../faults/retryable-error.ts'
import type { Clock } from '../system/ports.ts'
import { appraiseEvidence, checkEnough, type AppraisalPorts } from './appraise.ts'
import type { ChallengeKeys } from './challenge/challenge-keys.ts'
import {
  challengeOf,
  checkChallenge,
  checkSignature,
  expiryOf,
  importKey,
  isOneKey,
  isRefresh,
  tokenKindsOf,
  variantNumberOf,
} from './challenge/check-challenge.ts'
import { checkAgreement, checkVouchingKeySigns } from './evidence/agreement.ts'
import { holderKeyOf } from './evidence/holder-key.ts'
import type { PlatformEvidence, PlatformVerifier } from './evidence/platform-evidence.ts'
import type { Authentic, Sender, Submission, ApiResult, VerifiedEvidence } from './submission.ts'
import type { VouchingKeyId, Installation } from './model/installation.ts'
import { grantTokens, type IssueToken, type PseudonymOf } from './issue.ts'
import { knowsPins } from './measurement/import-map-integrity.ts'
import type { FindMatchingBuild } from './measurement/matching-build.ts'
import { measurementOf, type MeasurementAsked, type MeasurementPorts } from './measurement/measurement-of.ts'
import { isVouchedFor, measureCode, type MeasuredCode } from './measurement/first-days.ts'
import type { CheckMeasurement } from './measurement/verify-measurement.ts'
import { AttestationRefused, outcomeOf, type Outcome } from './model/outcome.ts'
import type { ClientDataForm, InstallationStore } from './model/ports.ts'
import { saidDevice } from './model/said-device.ts'
import { readClientData, type ReadClientData } from './model/read-client-data.ts'
import { admitImage, admitRegistered, checkTokenKinds, type Registered } from './registrations/admission.ts'
import { recallInstallation, type Recalled } from './recall.ts'
import { keepInstallation } from './remember.ts'
import { newTally, type Tally } from './model/counted-attestation.ts'
import type { SingleUse } from './single-use.ts'
import type { StepWrapper } from './speed/step-wrapper.ts'
import { createUseOnce, type JudgedAt } from './use-once.ts'

/** What an attestation needs from the rest of the service. */
export interface AttestPorts extends MeasurementPorts, AppraisalPorts {
  clientDataForm: ClientDataForm
  challengeKeys: Pick<ChallengeKeys, 'authenticate'>
  registrations: Registered
  /** Counts an attestation of a registered app. @throws ProblemError `rate_limited` */
  limits: { app(app: string): void }
  singleUse: SingleUse
  checkMeasurement: CheckMeasurement
  findMatchingBuild: FindMatchingBuild
  installations: InstallationStore
  platform: PlatformVerifier
  /** @throws a temporary malfunction if this node may not know of bans and retired builds */
  checkUpToDate: () => void
  isBanned: (app: string, vouchingKey: VouchingKeyId) => Promise<boolean>
  /** Whether the installation itself is banned, by its key or by the name by which tokens know it. */
  isInstallationBanned: (app: string, thumbprint: string) => Promise<boolean>
  issue: IssueToken
  pseudonymOf: PseudonymOf
  /** That of `singleUse`. */
  clock: Clock
  /** The ports of one exchange, which bound how long it waits for the store altogether; default: nothing does. */
  forExchange?: (ports: AttestPorts) => AttestPorts
}

/** The app and build, once the challenge's MAC has shown that this service issued it to them. */
export interface About {
  app: string
  build: string
}

/**
 * The outcome of an attestation. `about` is set if it may be recorded, `isRepeat` if the same client data came before.
 * `isSigned`: the sender has proved possession of the installation key; a challenge alone costs nothing.
 */
export interface Concluded {
  outcome: Outcome
  about: About | undefined
  isSigned: boolean
  isRepeat: boolean
  /** Used by the counters only. */
  tally: Tally
  /** Set if `isSigned`. */
  installation: SignedBy | undefined
}

/** Who signed, as the client data say. */
export interface SignedBy {
  /** Thumbprint of the installation key. */
  key: string
  /** The APIs that it asked for, of those that are registered. */
  audiences: readonly string[]
  /** What the app calls its user, if the app has references. Nobody vouches for it. */
  reference: string | undefined
}

/** Rejects only with `rate_limited`; everything else is an outcome. */
export type Attest = (request: AttestationRequest, trace: string, sender: Sender) => Promise<Concluded>

/**
 * Takes an attestation from its bytes to its tokens. This file is the whole order of steps: cheap steps come first,
 * local ones before calls to a vendor, and nothing is trusted before the step that verifies it. Size, JSON and schema
 * of the body have been checked before.
 */
export function createAttest(ports: AttestPorts, wrapStep: StepWrapper): Attest {
  const steps = stepsOf(ports, wrapStep)
  const useOnce = createUseOnce(ports.singleUse, ports.clock)
  return async (request, trace, sender) => {
    let about: About | undefined
    let isSigned = false
    let installation: SignedBy | undefined
    const tally = newTally()
    try {
      // Form, and a challenge that this service issued for this app, build, key and plan.
      const read = await steps.read(request.client_data)
      const head = await checkChallenge(read, ports.challengeKeys)
      about = { app: read.clientData.app, build: read.clientData.build }
      tally.isRefresh = isRefresh(head)
      // The client data is signed by the holder of the installation key.
      const key = await steps.importKey(read)
      await steps.checkSignature(read, key, request.signature)
      isSigned = true
      installation = { key: read.thumbprint, audiences: [], reference: undefined }
      // What is registered, and which evidence the client data lists.
      const admitted = admitImage(await steps.admit(read.clientData), variantNumberOf(head))
      checkTokenKinds(admitted, tokenKindsOf(head))
      tally.platform = admitted.app.platform
      installation = signedBy(read, admitted)
      tally.evidence = ports.platform.known(request.evidence)
      const countApp = () => ports.limits.app(admitted.app.id)
      try {
        checkEvidenceList(read, request)
        checkKeyIsAttested(head, request, ports.platform)
      } catch (error) {
        countApp()
        throw error
      }
      // A challenge accepts one client data: from here on it is used up, unless we or a vendor fail.
      const authentic: Authentic = { read, head, admitted, items: request.evidence, trace, ...sender, tally }
      const used = await useOnce(useOf(authentic), async (judgedAt) => {
        if (!judgedAt.isRepeat) countApp()
        return conclude(authentic, judgedAt, ports, steps)
      })
      return await steps.answer({ about, isSigned, tally, installation, ...used })
    } catch (error) {
      // Says nothing about the evidence.
      if (error instanceof ProblemError && error.code === 'rate_limited') throw error
      return { outcome: outcomeOf(error, trace), about, isSigned, isRepeat: false, tally, installation }
    }
  }
}

/**
 * The steps after the first use of a challenge; a repeat takes the same steps, as of the time of the first use. Never
 * rejects.
 */
async function conclude(
  authentic: Authentic,
  judgedAt: JudgedAt,
  all: AttestPorts,
  steps: Steps,
): Promise<Outcome> {
  const { admitted, read, trace } = authentic
  const ports = all.forExchange?.(all) ?? all
  try {
    if (await ports.isInstallationBanned(admitted.app.id, read.thumbprint))
      throw new AttestationRefused('INSTALLATION_BANNED')
    // The code: compares the measurement with the registered build.
    const submission = submissionOf(authentic, await measurementOf(askedOf(authentic), ports))
    authentic.tally.abi = submission.planned.plan.abi ?? ''
    authentic.tally.variant = submission.build.variant ?? ''
    const measured = await measureCode(submission, judgedAt.at, ports.checkMeasurement).catch(
      async (error: unknown) => {
        throw await ports.findMatchingBuild(error, submission)
      },
    )
    // The device: what is remembered about the installation, and the evidence that came now.
    const recalled = await recallInstallation(submission, judgedAt.at, ports)
    authentic.tally.vouchedBy = nameOfKey(recalled.installation?.vouchingKey)
    const { evidence, results } = await judge(
      authentic,
      { submission, measured, recalled },
      judgedAt,
      ports,
      steps,
    ).catch(async (error: unknown) => {
      const takenBack = recalled.takeBack()
      // Nobody waits twice for a store that has not answered once.
      if (!(error instanceof RetryableError)) await takenBack
      throw error
    })
    // Remembers the installation, and compares and sets counters and limits; only then issues tokens.
    await keepInstallation({ recorded: recalled.recorded, ...evidence }, results, submission, ports, judgedAt)
    return await steps.grant(results, authentic, judgedAt)
  } catch (error) {
    return outcomeOf(error, trace)
  }
}

/** Checks evidence against everything that it must agree with, and gives the result for each API. */
async function judge(
  authentic: Authentic,
  { submission, measured, recalled }: { submission: Submission; measured: MeasuredCode; recalled: Recalled },
  judgedAt: JudgedAt,
  ports: AttestPorts,
  steps: Steps,
): Promise<{ evidence: VerifiedEvidence; results: ApiResult[] }> {
  const { app, build, apis } = authentic.admitted
  const { installation } = recalled
  checkIsRemembered(installation, authentic, ports.platform)
  checkBuildIsNotOlder(installation, submission)
  checkAbi(installation, submission)
  const { key, binding } = submission.read
  const { oneKeyChallenge } = submission
  const checkBan = async (banned: VouchingKeyId) => {
    if (await recalled.isBanned(banned)) throw new AttestationRefused('VOUCHING_KEY_BANNED')
  }
  const { network } = authentic
  const asked = {
    app,
    build,
    key,
    installation,
    binding,
    oneKeyChallenge,
    network,
    checkBan,
    now: judgedAt.at / 1000,
  }
  const platform = await ports.platform.verify(submission.items, asked)
  authentic.tally.evidence = formatsOf(platform)
  authentic.tally.leftOut = platform.leftOut
  authentic.tally.vouchedBy = nameOfKey(vouchingKeyOf(platform) ?? installation?.vouchingKey)
  authentic.tally.device = ports.platform.stated([...platform.fresh, ...platform.recalled])
  authentic.tally.freshOsVersion = ports.platform.stated(platform.fresh)?.os_version ?? null
  checkAgreement(platform, build)
  checkVouchingKeySigns(platform)
  const { verified, difference } = measured
  if (difference !== undefined && !isVouchedFor(platform, { build, installation }))
    throw await ports.findMatchingBuild(difference, submission)
  const vouchingKey = vouchingKeyOf(platform) ?? installation?.vouchingKey
  const [enrolmentsToday] =
    vouchingKey === undefined
      ? [0]
      : await Promise.all([recalled.enrolmentsToday(vouchingKey), checkBan(vouchingKey)])
  const holderKey = holderKeyFor(submission, platform, installation)
  const hardwareKeyDemanded = ports.platform.demandsHardwareKey(app, build)
  const keyState = { installation, vouchingKey, enrolmentsToday, holderKey, hardwareKeyDemanded }
  const codeDiffers = difference !== undefined
  const evidence: VerifiedEvidence = { measured: verified, codeDiffers, platform, ...keyState }
  // Appraisal by the policy of each API.
  const results = await steps.appraise(evidence, submission, apis, judgedAt, ports)
  tallyResult(authentic.tally, results)
  checkEnough(evidence, results)
  return { evidence, results }
}

type Steps = ReturnType<typeof stepsOf>

/** The slow steps, each wrapped. */
function stepsOf(ports: AttestPorts, wrapStep: StepWrapper) {
  return {
    read: wrapStep((text: string) => readClientData(text, ports.clientDataForm)),
    importKey: wrapStep(importKey),
    checkSignature: wrapStep(checkSignature),
    admit: wrapStep((asked: ReadClientData['clientData']) =>
      admitRegistered(ports.registrations, asked, ports.clock()),
    ),
    appraise: wrapStep((...[evidence, submission, apis, { at, isRepeat }, asked]: AppraisalStep) =>
      appraiseEvidence({ evidence, submission, apis, at, isRepeat }, asked),
    ),
    grant: wrapStep((results: readonly ApiResult[], authentic: Authentic, judgedAt: JudgedAt) =>
      grantTokens(results, authentic, judgedAt, ports),
    ),
    answer: wrapStep((concluded: Concluded) => concluded),
  }
}

type AppraisalStep = [VerifiedEvidence, Submission, Authentic['admitted']['apis'], JudgedAt, AppraisalPorts]

function signedBy(
  { thumbprint, clientData }: ReadClientData,
  { app, apis }: Authentic['admitted'],
): SignedBy {
  return {
    key: thumbprint,
    audiences: apis.map(({ audience }) => audience),
    reference: app.references ? clientData.reference : undefined,
  }
}

function checkEvidenceList({ clientData }: ReadClientData, { evidence }: AttestationRequest): void {
  const listed = clientData.evidence
  if (listed.length !== evidence.length || !listed.every((format, i) => format === evidence[i]?.format)) {
    throw new ProblemError('evidence_list_mismatch')
  }
}

/** A key that is both installation key and vouching key needs an attestation of itself. */
function checkKeyIsAttested(
  head: ChallengeHead,
  { evidence }: AttestationRequest,
  { attestsInstallationKey }: PlatformVerifier,
): void {
  if (isOneKey(head) && !evidence.some(({ format }) => attestsInstallationKey(format)))
    throw new AttestationRefused('EVIDENCE_OF_KEY_MISSING')
}

function useOf({ read, head, admitted }: Authentic) {
  return {
    use: {
      challenge: read.clientData.challenge,
      binding: read.binding,
      expiresAt: expiryOf(head),
      keyId: head.keyId,
    },
    isRepeatable: admitted.apis.every(({ mode }) => mode !== 'bearer'),
  }
}

function askedOf({ read, head: { epoch }, admitted: { app, build } }: Authentic): MeasurementAsked {
  return { build, epoch, probes: app.probes, plan: read.plan }
}

function submissionOf(
  { read, head, admitted, items, userAgent }: Authentic,
  measurement: Pick<Submission, 'planned' | 'digests'>,
): Submission {
  const { app, build } = admitted
  const challenge = challengeOf(read)
  const oneKeyChallenge = isOneKey(head) ? challenge : undefined
  const enginePins = knowsPins(userAgent)
  const said = saidDevice(userAgent)
  return { app, build, saidDevice: said, enginePins, read, items, challenge, oneKeyChallenge, ...measurement }
}

/** A client that said it would refresh, but is not remembered, must enrol. */
function checkIsRemembered(
  installation: Installation | undefined,
  { head, admitted }: Authentic,
  platform: PlatformVerifier,
): void {
  if (isRefresh(head) && installation === undefined && platform.isAsked(admitted.app))
    throw new ProblemError('enrolment_required')
}

function checkBuildIsNotOlder(installation: Installation | undefined, { build }: Submission): void {
  if (installation !== undefined && installation.versionCode > build.version_code)
    throw new AttestationRefused('BUILD_OLDER_THAN_BEFORE')
}

/**
 * A device keeps native code of one ABI as long as the app is installed: another ABI means another device, or that the
 * client chose it.
 */
function checkAbi(installation: Installation | undefined, { planned: { plan } }: Submission): void {
  if (plan.abi !== undefined && installation?.abi !== undefined && plan.abi !== installation.abi)
    throw new AttestationRefused('ABI_CHANGED')
}

function formatsOf({ fresh, recalled }: PlatformEvidence): string[] {
  return [...fresh, ...recalled].map(({ scheme }) => scheme.descriptor.name)
}

function tallyResult(tally: Authentic['tally'], [first]: readonly ApiResult[]): void {
  if (first === undefined) return
  tally.isAllowed = first.accepted && first.allowed
  tally.tier = first.tier
  tally.policy = `${first.policy.id}@${first.policy.version}`
}

/** The key that vouches for the installation key in this exchange. */
function vouchingKeyOf({ fresh }: PlatformEvidence): VouchingKeyId | undefined {
  const vouching = fresh.find((piece) => piece.vouchingKey !== undefined)?.vouchingKey
  return vouching && { kind: vouching.kind, id: vouching.id }
}

const nameOfKey = (key: VouchingKeyId | undefined): string | undefined => key && `${key.kind} ${key.id}`

function holderKeyFor(
  { oneKeyChallenge }: Submission,
  platform: PlatformEvidence,
  installation: Installation | undefined,
) {
  return holderKeyOf({
    evidence: [...platform.fresh, ...platform.recalled],
    isAttestedItself: oneKeyChallenge !== undefined,
    remembered: vouchingKeyOf(platform) === undefined ? installation?.holderKey : undefined,
  })
}
