import type { Verified } from '@assay/evidence'
import type { App, EvidenceItem } from '@assay/protocol'
import { AttestationDenied } from '../outcome.ts'
import type { Installation, RememberedEvidence } from '../installation.ts'
import type { Accepted, Asked, PlatformFormat } from './platform-format.ts'

/** Verified claims, and the format that verified them. */
export interface Piece {
  format: PlatformFormat
  verified: Verified<unknown>
}

/** Claims beside the measurement: what came now, and what came before and still counts. */
export interface PlatformEvidence {
  fresh: readonly (Piece & Accepted)[]
  recalled: readonly Piece[]
  /** Seconds since each format was verified. */
  ages: Readonly<Record<string, number>>
  /** What is to be remembered from now on. */
  remembered: readonly RememberedEvidence[]
}

export interface PlatformVerifier {
  /** Whether the app may send evidence beside the measurement. */
  isAsked(app: App): boolean
  /** Whether items of this format can attest the installation key itself. */
  attestsInstallationKey(format: string): boolean
  /** @throws as {@link PlatformFormat} */
  verify(items: readonly EvidenceItem[], asked: Asked): Promise<PlatformEvidence>
}

/** Verifies pieces of evidence by their formats: what is local first, calls to a vendor last. */
export function createPlatformVerifier(formats: readonly PlatformFormat[]): PlatformVerifier {
  const byName = new Map(formats.map((format) => [format.name, format]))

  const formatOf = ({ format: name }: EvidenceItem, app: App): PlatformFormat => {
    const format = byName.get(name)
    if (format === undefined) throw new AttestationDenied('EVIDENCE_FORMAT_UNKNOWN')
    if (!format.isConfigured(app)) throw new AttestationDenied('EVIDENCE_NOT_ADMITTED')
    return format
  }

  return {
    isAsked: (app) => formats.some((format) => format.isConfigured(app)),
    attestsInstallationKey: (name) => byName.get(name)?.attestsInstallationKey === true,
    async verify(items, asked) {
      const { app, installation, now } = asked
      const sorted = items
        .map((item) => ({ item, format: formatOf(item, app) }))
        .sort((a, b) => Number(a.format.isRemote) - Number(b.format.isRemote))
      if (new Set(sorted.map(({ format }) => format)).size !== sorted.length)
        throw new AttestationDenied('EVIDENCE_REPEATED')
      const kept = keptOf(installation, items, byName, app)
      const recalled: Piece[] = []
      for (const { claims, by, recall } of kept)
        recalled.push({ format: by, verified: await recall(claims, { app, now }) })
      const fresh: (Piece & Accepted)[] = []
      for (const { item, format } of sorted) fresh.push({ format, ...(await format.accept(item, asked)) })
      return { fresh, recalled, ...summary(fresh, kept, now) }
    },
  }
}

interface Kept extends RememberedEvidence {
  by: PlatformFormat
  recall: NonNullable<PlatformFormat['recall']>
}

/** Remembered evidence that is not replaced, of the formats that the app may still send. */
function keptOf(
  installation: Installation | undefined,
  items: readonly EvidenceItem[],
  formats: ReadonlyMap<string, PlatformFormat>,
  app: App,
): Kept[] {
  const replaced = new Set(items.map(({ format }) => format))
  return (installation?.evidence ?? []).flatMap((remembered) => {
    const format = formats.get(remembered.format)
    if (replaced.has(remembered.format) || format?.recall === undefined || !format.isConfigured(app))
      return []
    return [{ ...remembered, by: format, recall: format.recall.bind(format) }]
  })
}

function summary(
  fresh: readonly Accepted[],
  kept: readonly Kept[],
  now: number,
): Pick<PlatformEvidence, 'ages' | 'remembered'> {
  const ages = [
    ...fresh.map(({ verified }): [string, number] => [verified.format, 0]),
    // A clock that was set back makes nothing younger than now.
    ...kept.map(({ format, verifiedAt }): [string, number] => [
      format,
      Math.max(0, Math.floor(now - verifiedAt / 1000)),
    ]),
  ]
  const remembered = [
    ...kept.map(({ format, claims, verifiedAt }) => ({ format, claims, verifiedAt })),
    ...fresh.flatMap(({ verified, remembered: claims }) =>
      claims === undefined ? [] : [{ format: verified.format, claims, verifiedAt: now * 1000 }],
    ),
  ]
  return { ages: Object.fromEntries(ages), remembered }
}
