import { createHash, createPublicKey } from 'node:crypto'
import { UnreadError, type Accepted, type Asker, type EvidenceScheme } from '@assay/evidence'
import type { MeasuredBuild, SchemeRegistry, Standing, Verified } from '@assay/evidence'
import type { EvidenceItem, PublicJwk } from '@assay/protocol'
import type { App, BuildSummary, VouchedDevice } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import { AttestationRefused } from '../model/outcome.ts'
import { mayLeaveOut } from './left-out.ts'
import { checkSigners, knownSigners, signersOf } from './signers.ts'
import type { Installation, RememberedEvidence, VouchingKeyId } from '../model/installation.ts'
import { expectedOf, expectEvidence, unvouchedPerDay, type ExpectedEvidence } from './expected.ts'

/** What evidence is checked against, in addition to the app's registration. */
export interface RequiredEvidence {
  app: App
  /** The build that was measured. */
  build: Pick<BuildSummary, 'signers'>
  /** The installation key that signed. */
  key: PublicJwk
  /** What is remembered about the installation, if it is known. */
  installation: Installation | undefined
  /** base64url(SHA-256(label ‖ client data)). */
  binding: string
  /** The challenge's 48 bytes, if it was issued for a key that is both installation key and vouching key. */
  oneKeyChallenge: Uint8Array | undefined
  /** The network that the request came from. */
  network: string
  /** Refuses the banned before a vendor is required. @throws AttestationRefused */
  checkBan(vouchingKey: VouchingKeyId): Promise<void>
  /** Unix seconds. */
  now: number
}

/** What remembered evidence is checked against. */
type Recall = Pick<RequiredEvidence, 'app' | 'build' | 'installation' | 'now'>

/** Verified claims, and the scheme that verified them. */
export interface Piece {
  scheme: EvidenceScheme
  verified: Verified<unknown>
}

/** Claims in addition to the measurement: from evidence that came now, and from earlier evidence that still counts. */
export interface PlatformEvidence {
  fresh: readonly (Piece & Accepted)[]
  /** `canSign`: a scheme exists by which its key can assert. */
  recalled: readonly (Piece & { canSign: boolean })[]
  /** Seconds since each format was verified. */
  ages: Readonly<Record<string, number>>
  expected: ExpectedEvidence
  /** What came but was not read, and the reason. */
  unread: readonly { format: string; reason: string }[]
  /** Codes of what came, said nothing, and counts as if it had not come. It decides nothing. */
  leftOut: readonly string[]
  /** What will be remembered. */
  remembered: readonly RememberedEvidence[]
}

/** Evidence that was examined: what came, and what was remembered. */
interface Held extends Pick<PlatformEvidence, 'fresh' | 'recalled' | 'unread' | 'leftOut'> {
  kept: readonly RememberedEvidence[]
}

export interface PlatformVerifier {
  /** What verified evidence states of the device: the first to state something does. Null: none does. */
  stated(pieces: readonly Piece[]): VouchedDevice | null
  /** Whether the app may send evidence beside the measurement. */
  isAsked(app: App): boolean
  /** The formats of these items, without those that no scheme reads. */
  known(items: readonly EvidenceItem[]): string[]
  /**
   * What items that bring nothing to remember state: no item, or one assertion with its counter. None of it is
   * verified. `undefined`: the items may bring more. @throws EvidenceError
   */
  asserted(items: readonly EvidenceItem[]): { counter: number | undefined } | undefined
  /** Whether evidence of this format is a signature of a vouching key that was attested before. */
  isAssertion(format: string): boolean
  /** Whether items of this format can attest the installation key itself. */
  attestsInstallationKey(format: string): boolean
  /** Whether the app requires that hardware holds the installation keys of this build. */
  demandsHardwareKey(app: App, build: MeasuredBuild): boolean
  /** How many installations of the app without a vouching key may enrol in a day; `undefined`: any number. */
  unvouchedPerDay(app: App): number | undefined
  /** The part of what is remembered that still counts, without anything new. @throws as `verify` */
  recall(required: Recall): Promise<PlatformEvidence>
  /** @throws EvidenceError, AttestationRefused, ProblemError `enrolment_required`; anything else is a malfunction */
  verify(items: readonly EvidenceItem[], required: RequiredEvidence): Promise<PlatformEvidence>
}

/** The secret that an app's owner gave for a scheme; `undefined`: none. */
export type FindSecret = (app: string, name: string) => Promise<unknown>

/** Verifies pieces of evidence with their schemes: local ones first, calls to a vendor last. */
export function createPlatformVerifier(registry: SchemeRegistry, findSecret: FindSecret): PlatformVerifier {
  const isConfigured = (scheme: EvidenceScheme, { evidence }: App) =>
    registry.settingsFor(scheme, evidence) !== undefined

  const schemeOf = ({ format }: EvidenceItem, app: App): EvidenceScheme => {
    const scheme = registry.find(format)
    if (scheme === undefined) throw new AttestationRefused('EVIDENCE_FORMAT_UNKNOWN')
    if (!isConfigured(scheme, app)) throw new AttestationRefused('EVIDENCE_NOT_ADMITTED')
    return scheme
  }

  const standingOf = (scheme: EvidenceScheme, app: App, signers: readonly string[]): Standing => ({
    app: { id: app.id, package: app.package, signers },
    settings: registry.settingsFor(scheme, app.evidence),
  })

  const askerOf = (
    { app, network, installation }: RequiredEvidence,
    held: readonly (Piece & Partial<Accepted>)[],
  ): Asker => {
    const isVouchable = expectedOf(registry, app).some(({ vouchingKeys }) => vouchingKeys.length > 0)
    const isVouching = held.some(({ scheme }) => scheme.vouchingKeys.length > 0)
    const key =
      held.find((piece) => piece.vouchingKey !== undefined)?.vouchingKey ?? installation?.vouchingKey
    if (!isVouching || key === undefined) return { network, vouchingKey: undefined, isVouchable }
    const { kind, id } = key
    const isShared = registry.all.some(({ vouchingKeys }) =>
      vouchingKeys.some((each) => each.kind === kind && each.isShared),
    )
    return { network, vouchingKey: { kind, id, isShared }, isVouchable }
  }

  const accept = async (
    item: EvidenceItem,
    scheme: EvidenceScheme,
    required: RequiredEvidence,
    asker: Asker,
  ) => {
    const { app, now } = required
    const { secret } = scheme.settings
    const accepted = await scheme.verify(scheme.parse(item), {
      commitment: commitmentOf(scheme, required),
      now,
      asker,
      assertion: assertionFor(scheme, required),
      secret: async () => (secret === undefined ? undefined : findSecret(app.id, secret.name)),
      ...standingOf(scheme, app, signersOf(required)),
    })
    checkAttestedKey(accepted, required)
    return { scheme, ...accepted }
  }

  const recallKept = async (required: Recall, replaced: ReadonlySet<string>) => {
    const { app, installation } = required
    const kept = (installation?.evidence ?? []).filter(({ format }) => {
      const scheme = registry.find(format)
      return !replaced.has(format) && scheme?.recall !== undefined && isConfigured(scheme, app)
    })
    const recalled: (Piece & { canSign: boolean })[] = []
    for (const { format, claims } of kept) {
      const scheme = registry.find(format) as EvidenceScheme & Required<Pick<EvidenceScheme, 'recall'>>
      const canSign = registry.all.some(({ asserts }) => asserts === format)
      const verified = await scheme.recall(claims, standingOf(scheme, app, knownSigners(required)))
      checkSigners(scheme.signers?.(verified.claims) ?? [], required)
      recalled.push({ scheme, canSign, verified })
    }
    return { kept, recalled }
  }

  const evidenceOf = (
    { fresh, recalled, kept, unread, leftOut }: Held,
    { app, now }: Pick<RequiredEvidence, 'app' | 'now'>,
  ): PlatformEvidence => {
    const held = [...fresh, ...recalled].map(({ verified }) => verified.format)
    const present = {
      formats: new Set([...held, ...unread.map(({ format }) => format)]),
      remembered: kept,
      isEnrolment: isEnrolment(fresh),
    }
    const expected = expectEvidence(expectedOf(registry, app), app, present, now * 1000)
    return { fresh, recalled, expected, unread, leftOut, ...summary(fresh, kept, now) }
  }

  return {
    stated: statedDevice,
    unvouchedPerDay: (app) => unvouchedPerDay(registry, app),
    isAsked: (app) => registry.all.some((scheme) => isConfigured(scheme, app)),
    known: (items) => items.flatMap(({ format }) => (registry.find(format) === undefined ? [] : [format])),
    asserted([item, ...others]) {
      if (item === undefined) return { counter: undefined }
      const scheme = registry.find(item.format)
      return scheme?.statedCounter === undefined || others.length > 0
        ? undefined
        : { counter: scheme.statedCounter(scheme.parse(item)) }
    },
    isAssertion: (format) => registry.find(format)?.asserts !== undefined,
    attestsInstallationKey: (format) => registry.find(format)?.oneKeyCommitment !== undefined,
    demandsHardwareKey: (app, build) =>
      registry.all.some((scheme) => {
        const settings = registry.settingsFor(scheme, app.evidence)
        return settings !== undefined && scheme.demandsHardwareKey?.(settings, build) === true
      }),
    async verify(items, required) {
      const { app } = required
      const sorted = items
        .map((item) => ({ item, scheme: schemeOf(item, app) }))
        .sort((a, b) => Number(a.scheme.isRemote) - Number(b.scheme.isRemote))
      if (new Set(sorted.map(({ scheme }) => scheme)).size !== sorted.length)
        throw new AttestationRefused('EVIDENCE_REPEATED')
      const replaced = new Set(items.map(({ format }) => format))
      let held = await recallKept(required, replaced)
      const fresh: (Piece & Accepted)[] = []
      const unread: { format: string; reason: string }[] = []
      const leftOut: string[] = []
      for (const { item, scheme } of sorted) {
        const asker = askerOf(required, [...fresh, ...held.recalled])
        if (scheme.isRemote && asker.vouchingKey !== undefined) await required.checkBan(asker.vouchingKey)
        try {
          fresh.push(await accept(item, scheme, required, asker))
        } catch (error) {
          if (error instanceof UnreadError) unread.push({ format: item.format, reason: error.reason })
          else if (mayLeaveOut(error, scheme, { app, fresh })) {
            leftOut.push(error.code)
            replaced.delete(item.format)
          } else throw error
        }
      }
      // What was remembered counts as it would had nothing come: neither better nor worse.
      if (leftOut.length > 0) held = await recallKept(required, replaced)
      return evidenceOf({ fresh, unread, leftOut, ...held }, required)
    },
    async recall(required) {
      const held = await recallKept(required, new Set())
      return evidenceOf({ fresh: [], unread: [], leftOut: [], ...held }, required)
    },
  }
}

function statedDevice(pieces: readonly Piece[]): VouchedDevice | null {
  const stated = pieces.map(({ scheme, verified }) => scheme.device?.(verified.claims) ?? {})
  const version = stated.find(({ osVersion }) => osVersion !== undefined)?.osVersion ?? null
  const patch = stated.find(({ patchLevel }) => patchLevel !== undefined)?.patchLevel ?? null
  return version === null && patch === null ? null : { os_version: version, patch_level: patch }
}

/** Whether something came that must be remembered: new evidence, not a mere assertion. */
export function isEnrolment(fresh: readonly Accepted[]): boolean {
  return fresh.some(({ remembered }) => remembered !== undefined)
}

/** A scheme that cannot attest the installation key commits to the binding, whatever the challenge was issued for. */
function commitmentOf(scheme: EvidenceScheme, { binding, oneKeyChallenge }: RequiredEvidence): Uint8Array {
  return oneKeyChallenge === undefined || scheme.oneKeyCommitment === undefined
    ? scheme.commitment(binding)
    : scheme.oneKeyCommitment(oneKeyChallenge)
}

/** The key that an assertion verifies with is remembered, never sent. @throws ProblemError `enrolment_required` */
function assertionFor({ asserts }: EvidenceScheme, { installation, binding }: RequiredEvidence) {
  if (asserts === undefined) return undefined
  const known = installation?.assertion
  if (installation === undefined || known === undefined) throw new ProblemError('enrolment_required')
  const isRepeated = installation.binding === binding
  return {
    key: known.key,
    previousCounter: isRepeated ? Math.max(0, known.counter - 1) : known.counter,
  }
}

/** In one-key mode, the attested key must be the one that signed. */
function checkAttestedKey({ attestedKeySha256 }: Accepted, { oneKeyChallenge, key }: RequiredEvidence): void {
  if (oneKeyChallenge === undefined || attestedKeySha256 === undefined) return
  if (attestedKeySha256 !== spkiDigest(key)) throw new AttestationRefused('EVIDENCE_OTHER_KEY')
}

function spkiDigest(key: PublicJwk): string {
  const spki = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(spki).digest('hex')
}

function summary(
  fresh: readonly Accepted[],
  kept: readonly RememberedEvidence[],
  now: number,
): Pick<PlatformEvidence, 'ages' | 'remembered'> {
  const ages = [
    ...fresh.map(({ verified }): [string, number] => [verified.format, 0]),
    // If the clock was set back, evidence must not become younger than now.
    ...kept.map(({ format, verifiedAt }): [string, number] => [
      format,
      Math.max(0, Math.floor(now - verifiedAt / 1000)),
    ]),
  ]
  const remembered = [
    ...kept,
    ...fresh.flatMap(({ verified, remembered: claims }) =>
      claims === undefined ? [] : [{ format: verified.format, claims, verifiedAt: now * 1000 }],
    ),
  ]
  return { ages: Object.fromEntries(ages), remembered }
}
