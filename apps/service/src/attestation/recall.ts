import type { PlatformVerifier } from './evidence/platform-evidence.ts'
import type { Submission } from './submission.ts'
import type { Installation, EarlyRefreshment, VouchingKeyId } from './model/installation.ts'
import type { InstallationStore } from './model/ports.ts'

interface RecallPorts {
  platform: Pick<PlatformVerifier, 'isAsked' | 'asserted'>
  installations: Pick<InstallationStore, 'recall' | 'takeBack' | 'countEnrolments'>
  /** @throws a temporary malfunction if this node may not know of bans and retired builds */
  checkUpToDate: () => void
  isBanned: (app: string, vouchingKey: VouchingKeyId) => Promise<boolean>
}

/** What is remembered about the installation of an exchange, and about the key that vouches for it. */
export interface Recalled {
  installation: Installation | undefined
  /** The refresh that has already been recorded, which must be undone if the exchange fails. */
  recorded: EarlyRefreshment | undefined
  /** Undoes it. Never rejects: if the store fails too, the installation has to enrol again at worst. */
  takeBack(): Promise<void>
  isBanned(vouchingKey: VouchingKeyId): Promise<boolean>
  /** Other installation keys that the vouching key has vouched for today. */
  enrolmentsToday(vouchingKey: VouchingKeyId): Promise<number>
}

/**
 * Reads what is remembered, and records a mere refresh in the same step, with one round trip for both. The sender has
 * proved the installation key and the code of the build; the counter that it states is verified afterwards against what
 * was read. Like the challenge, the counter is taken before the evidence is judged: of two exchanges with one counter,
 * one passes. Nothing is remembered for an app whose only evidence is its measurement.
 *
 * @param at milliseconds since 1970
 */
export async function recallInstallation(
  submission: Submission,
  at: number,
  { platform, installations, checkUpToDate, isBanned }: RecallPorts,
): Promise<Recalled> {
  const { app, read } = submission
  const asksStore = platform.isAsked(app)
  if (asksStore) checkUpToDate()
  const refreshment = asksStore ? refreshmentOf(submission, platform) : undefined
  const found = asksStore ? await installations.recall(app.id, read.thumbprint, refreshment, at) : undefined
  const installation = found?.installation
  const recorded = found?.isRecorded === true ? refreshment : undefined
  const isItsKey = ({ kind, id }: VouchingKeyId) =>
    installation?.vouchingKey?.kind === kind && installation.vouchingKey.id === id
  return {
    installation,
    recorded,
    takeBack: async () => {
      if (recorded === undefined || installation === undefined) return
      await installations.takeBack(recorded, installation).catch(() => undefined)
    },
    isBanned: async (key) => (found !== undefined && isItsKey(key) ? found.isBanned : isBanned(app.id, key)),
    enrolmentsToday: async (key) =>
      found !== undefined && isItsKey(key)
        ? found.enrolmentsToday
        : installations.countEnrolments(app.id, key, read.thumbprint, at),
  }
}

/** What the exchange leaves behind if it brings nothing to remember; `undefined`: it may bring more. */
function refreshmentOf(
  { app, build, read, planned, items }: Submission,
  platform: Pick<PlatformVerifier, 'asserted'>,
): EarlyRefreshment | undefined {
  const asserted = platform.asserted(items)
  return (
    asserted && {
      app: app.id,
      thumbprint: read.thumbprint,
      versionCode: build.version_code,
      abi: planned.plan.abi,
      binding: read.binding,
      counter: asserted.counter,
    }
  )
}
