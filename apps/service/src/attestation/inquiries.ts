import { setImmediate as othersFirst } from 'node:timers/promises'
import {
  EvidenceError,
  type EvidenceScheme,
  type Inquiry,
  type SchemeRegistry,
  type Standing,
} from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import type { Clock } from '../system/ports.ts'
import type { FindSecret } from './evidence/platform-evidence.ts'
import type { RememberedEvidence } from './model/installation.ts'

/** An installation whose evidence came with a receipt that a vendor must be asked about. */
export interface InquiryDue {
  app: string
  /** JWK thumbprint of the installation key. */
  thumbprint: string
  evidence: readonly RememberedEvidence[]
  receipt: Uint8Array
  /** Milliseconds since 1970: since when it is due. */
  askAt: number
}

/** The vendor's answer. */
export interface InquiryLearned {
  evidence: readonly RememberedEvidence[]
  receipt: Uint8Array
  /** Milliseconds since 1970; undefined: nobody asks again. */
  askAt: number | undefined
}

/** How far a search for due installations has come. */
export interface InquiryPosition {
  readonly askAt: number
  readonly installation: number
}

export interface InquiryLook {
  limit: number
  /** Apps that are left out. */
  without: ReadonlySet<string>
  /** Where the last search ended; undefined: start with the longest overdue. */
  after: InquiryPosition | undefined
}

export interface InquiryStore {
  /**
   * Those that are due, the longest overdue first. A search skips a bounded number of those that are left out: `after`
   * is where the next search goes on, and undefined if there are no more.
   *
   * @param now milliseconds since 1970
   */
  due(now: number, look: InquiryLook): Promise<{ due: InquiryDue[]; after: InquiryPosition | undefined }>
  /**
   * Keeps every node from asking about it until then. False: another node has taken it since it was found. Atomic.
   *
   * @param until milliseconds since 1970
   */
  take(due: InquiryDue, until: number): Promise<boolean>
  /** Keeps the answer, unless other evidence has come in the meantime. */
  learn(asked: InquiryDue, learned: InquiryLearned): Promise<void>
}

interface InquiryDependencies {
  schemes: SchemeRegistry
  apps: { find(id: string): Promise<App | undefined> }
  installations: InquiryStore
  findSecret: FindSecret
  clock: Clock
  /** Called when a vendor fails or answers incorrectly. */
  onMalfunction: (error: unknown) => void
}

/** Installations that are asked about in one batch. */
const atOnce = 20
/** Milliseconds before any node asks a vendor that did not answer again for an app. */
const pause = 300_000
/** Milliseconds until it is asked again about an installation of which it said what does not hold. */
const later = 3_600_000
/**
 * Milliseconds until an installation is looked at again whose evidence does not hold, or for which the app has no settings:
 * these may be correct by then.
 */
const muchLater = 24 * later

/**
 * Asks vendors, in the background, about evidence that was accepted. The next refresh is judged by their answer. A
 * missing answer changes nothing: the claim stays absent, and nobody is denied for it.
 */
export function createInquiries(dependencies: InquiryDependencies) {
  const { schemes, apps, installations, findSecret, clock, onMalfunction } = dependencies

  const ask = async (due: InquiryDue): Promise<InquiryLearned> => {
    const app = await apps.find(due.app)
    const { evidence, receipt } = due
    if (app === undefined) return { evidence, receipt, askAt: undefined }
    for (const [i, kept] of evidence.entries()) {
      const scheme = schemes.find(kept.format)
      const settings = scheme && schemes.settingsFor(scheme, app.evidence)
      if (scheme?.inquire === undefined || settings === undefined) continue
      const standing = { app, settings }
      const holds = await recalled(scheme, kept, standing)
      if (holds === undefined) continue
      const answer = await scheme.inquire(
        { claims: holds.claims, receipt },
        { ...standing, now: clock() / 1000, secret: () => secretFor(scheme, app) },
      )
      return learnedOf(due, i, answer)
    }
    return { evidence, receipt, askAt: clock() + muchLater }
  }

  /** Undefined: it does not hold now, or cannot be read. What follows from that is the next refresh's affair. */
  const recalled = async (scheme: EvidenceScheme, { claims }: RememberedEvidence, standing: Standing) => {
    try {
      return await scheme.recall?.(claims, standing)
    } catch (error) {
      if (!(error instanceof EvidenceError)) onMalfunction(error)
      return undefined
    }
  }

  const secretFor = async ({ settings: { secret } }: EvidenceScheme, app: App): Promise<unknown> =>
    secret === undefined ? undefined : findSecret(app.id, secret.name)

  /** Apps whose vendor did not answer, and the end of the pause for each. */
  const failing = new Map<string, number>()
  let after: InquiryPosition | undefined

  return {
    /**
     * Asks about one after the other. If a vendor does not answer for an app, because it is down or no longer accepts
     * its credentials, no other installation of that app is asked about until the pause is over; other apps go on.
     *
     * @param signal once it is aborted, no further installation is asked about
     */
    async askDue(signal?: AbortSignal): Promise<void> {
      const now = clock()
      for (const [app, until] of failing) if (until <= now || until > now + pause) failing.delete(app)
      if (failing.size === 0) after = undefined
      const look = await installations.due(now, { limit: atOnce, without: new Set(failing.keys()), after })
      after = look.after
      for (const due of look.due) {
        if (signal?.aborted === true) return
        if (failing.has(due.app) || !(await installations.take(due, clock() + pause))) continue
        let learned: InquiryLearned
        try {
          learned = await ask(due)
        } catch (error) {
          onMalfunction(error)
          // An answer that does not hold is about one installation.
          const isAnswered = error instanceof EvidenceError
          learned = { ...due, askAt: clock() + (isAnswered ? later : pause) }
          if (!isAnswered) failing.set(due.app, clock() + pause)
        }
        await installations.learn(due, learned)
        // Storage may work on the calling thread: others get their turn between two installations.
        await othersFirst()
      }
    },
  }
}

function learnedOf(
  { evidence, receipt }: InquiryDue,
  asked: number,
  { remembered, receipt: next, askAgainAt }: Inquiry,
): InquiryLearned {
  return {
    evidence:
      remembered === undefined
        ? evidence
        : evidence.map((kept, i) => (i === asked ? { ...kept, claims: remembered } : kept)),
    receipt: next ?? receipt,
    askAt: askAgainAt === undefined ? undefined : askAgainAt * 1000,
  }
}
