import type { AppraisalReasonCode } from '@assay/appraisal'
import type { evidenceCodes } from '@assay/evidence/codes'
import { remedyPlatforms, type ProblemCode, type Remedy, type RemedyKind } from '@assay/protocol'
import type { App } from '@assay/protocol/schemas'
import type { AttestationRefusalCode } from './codes.ts'
import type { RemedyFor } from './model/ports.ts'

/** Type codes of Google Play's dialogs. */
const dialogs = { getLicensed: 1, closeUnknownAccessRisk: 2, closeAllAccessRisk: 3 } as const

const play = (type_code: 1 | 2 | 3): Remedy => ({ kind: 'play_dialog', type_code })
const tell = (kind: Exclude<RemedyKind, 'play_dialog'>): Remedy => ({ kind })

type Code =
  AppraisalReasonCode | AttestationRefusalCode | keyof (typeof evidenceCodes)['Evidence'] | ProblemCode

/** For builds that get no tokens any more, and for images that are not the registered one. */
const genuineCopy = [tell('reload_page'), tell('update_app'), tell('install_from_store')]
const fromStore = [tell('reload_page'), tell('install_from_store')]
const later = [tell('try_later')]

/**
 * What a user could do about a refusal, by its code: the first that the operator gives, and that exists on the platform,
 * is told. It shows that the refusal has one of the reasons that share the remedy, so a code stands here only if a genuine
 * user can act on it. A fault of evidence itself never does.
 */
const remedies: { readonly [Each in Code]?: readonly Remedy[] } = {
  build_retired: genuineCopy,
  build_below_minimum: genuineCopy,
  build_expired: genuineCopy,
  build_not_registered: fromStore,
  channel_not_admitted: fromStore,
  temporarily_unavailable: later,
  SOFTWARE_SEGMENTS: fromStore,
  SOFTWARE_SEGMENT_MISMATCH: fromStore,
  UNVOUCHED_ENROLMENTS_SPENT: later,
  VOUCHING_KEY_ENROLMENTS_SPENT: later,
  HARDWARE_EVIDENCE_OLD: later,
  RISK_NOT_ASSESSED: later,
  PLAY_BUDGET_SPENT: later,
  EVIDENCE_MISSING: [tell('update_play')],
  HARDWARE_EVIDENCE_MISSING: [tell('update_play')],
  LICENCE_NOT_EVALUATED: [tell('update_play')],
  BOOT_LOADER_UNLOCKED: [tell('lock_boot_loader')],
  PATCH_LEVEL_OLD: [tell('update_os')],
  APP_NOT_RECOGNISED: [play(dialogs.getLicensed), tell('install_from_store')],
  APP_NOT_LICENSED: [play(dialogs.getLicensed), tell('install_from_store')],
  SCREEN_ACCESS_RISK: [play(dialogs.closeUnknownAccessRisk)],
  SCREEN_ACCESS_ANY: [play(dialogs.closeAllAccessRisk)],
}

/** It stands for a refusal: nobody calls support because a store is away. */
const atLast = tell('contact_support')

/** Answers after which the SDK tries again by itself have none. */
const final: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'attestation_denied',
  'build_retired',
  'build_below_minimum',
  'build_expired',
  'build_not_registered',
  'channel_not_admitted',
  'temporarily_unavailable',
])

/** @param findApp it is asked for refusals of registered apps only, and its malfunction leaves the refusal as it is */
export function createRemedies(findApp: (id: string) => Promise<App | undefined>): RemedyFor {
  return async ({ app: id, code, outward }) => {
    if (!final.has(outward)) return undefined
    const app = await findApp(id).catch(() => undefined)
    const more = outward === 'temporarily_unavailable' ? [] : [atLast]
    return app && remedyOf(code, more, app)
  }
}

function remedyOf(
  code: string,
  more: readonly Remedy[],
  { platform, remedies: given }: App,
): Remedy | undefined {
  const known = Object.hasOwn(remedies, code) ? (remedies[code as Code] ?? []) : []
  return [...known, ...more].find(
    ({ kind }) => given.includes(kind) && remedyPlatforms[kind].includes(platform),
  )
}
