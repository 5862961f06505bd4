import type { EvidenceScheme, SchemeRegistry } from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import type { RememberedEvidence } from '../model/installation.ts'

/** What an app is registered for, checked against what there is. */
export interface ExpectedEvidence {
  /** By format. */
  readonly registered: Readonly<Record<string, 'required' | 'optional'>>
  /** Required formats for which there is no evidence, new or remembered. */
  readonly missing: readonly string[]
}

/** Default number of new installations a day without a vouching hardware key, for apps that could have one. */
const defaultUnvouched = 1_000

/** Milliseconds for which an installation that enrolled before a kind was expected keeps its tier without it. */
const grace = 30 * 86_400_000

/** What came now, and what is remembered. */
interface Present {
  /** Formats of either. */
  formats: ReadonlySet<string>
  remembered: readonly RememberedEvidence[]
  /** Whether anything came that will be remembered. */
  isEnrolment: boolean
}

/** Schemes that the app is registered for. Assertions are not evidence by themselves. */
export function expectedOf(registry: SchemeRegistry, app: App): readonly EvidenceScheme[] {
  return registry.all.filter(
    (scheme) => scheme.asserts === undefined && registry.settingsFor(scheme, app.evidence) !== undefined,
  )
}

/** Whether the app's devices need not have it. */
export function isOptional({ settings }: EvidenceScheme, app: Pick<App, 'optional_evidence'>): boolean {
  return app.optional_evidence.includes(settings.name)
}

/** @param now milliseconds since 1970 */
export function expectEvidence(
  schemes: readonly EvidenceScheme[],
  app: Pick<App, 'optional_evidence' | 'evidence_since'>,
  present: Present,
  now: number,
): ExpectedEvidence {
  const isExcused = ({ settings }: EvidenceScheme) =>
    enrolledBefore(app.evidence_since[settings.name], present, now)
  return {
    registered: Object.fromEntries(
      schemes.map((scheme) => [scheme.descriptor.name, isOptional(scheme, app) ? 'optional' : 'required']),
    ),
    missing: schemes
      .filter(
        (scheme) =>
          !present.formats.has(scheme.descriptor.name) && !isOptional(scheme, app) && !isExcused(scheme),
      )
      .map(({ descriptor }) => descriptor.name),
  }
}

/**
 * Whether everything remembered about the installation came before `since`, and is recent enough to excuse what is
 * missing.
 */
function enrolledBefore(
  since: string | undefined,
  { remembered, isEnrolment }: Present,
  now: number,
): boolean {
  if (since === undefined || isEnrolment || remembered.length === 0) return false
  return remembered.every(
    ({ verifiedAt }) => verifiedAt < Date.parse(since) && Math.abs(now - verifiedAt) <= grace,
  )
}

/** How many installations without a vouching key may enrol in a day; `undefined`: any number. */
export function unvouchedPerDay(registry: SchemeRegistry, app: App): number | undefined {
  if (app.unvouched_per_day !== null) return app.unvouched_per_day
  const isVouchable = expectedOf(registry, app).some(({ vouchingKeys }) => vouchingKeys.length > 0)
  return isVouchable ? defaultUnvouched : undefined
}
