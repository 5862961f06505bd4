import { remembered } from '../port/remembered.ts'
import type { Inquiry, KeptReceipt } from '../port/scheme.ts'
import { appAttestClaims, type AppAttestClaims, type AppAttestEnvironment } from './claims.ts'
import { readDeviceCheckKey, type DeviceCheckKey } from './devicecheck-key.ts'
import { parseReceipt } from './receipt.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'
import { verifyReceipt } from './verify-receipt.ts'

/** A receipt on its way to Apple. */
export interface ReceiptQuestion {
  readonly environment: AppAttestEnvironment
  readonly receipt: Uint8Array
  readonly key: DeviceCheckKey
}

/** Apple's answer: a newer receipt, too early (304), or unknown (404). */
export type ReceiptAnswer =
  | { readonly kind: 'renewed'; readonly receipt: Uint8Array }
  | { readonly kind: 'too_early' }
  | { readonly kind: 'unknown' }

/** Sends a receipt to Apple. Rejects if there is no valid answer: that is a malfunction. */
export type AskAboutReceipt = (question: ReceiptQuestion) => Promise<ReceiptAnswer>

/** Where Apple exchanges receipts, by the environment of the attested key. */
export const attestationDataUrls: Readonly<Record<AppAttestEnvironment, string>> = {
  production: 'https://data.appattest.apple.com/v1/attestationData',
  development: 'https://data-development.appattest.apple.com/v1/attestationData',
}

/** Seconds until Apple is asked again if nothing says when. */
const later = 3_600

/**
 * Asks Apple how many keys the app has attested on the device. Whatever prevents an answer leaves the claim absent: it
 * never counts against the device.
 *
 * @throws AppAttestError `APP_ATTEST_RECEIPT` if Apple's answer is invalid
 */
export async function inquire(
  { claims, receipt }: KeptReceipt<AppAttestClaims>,
  asking: { ask: AskAboutReceipt; anchors: readonly AppAttestAnchor[]; secret: unknown; now: number },
): Promise<Inquiry> {
  const { ask, anchors, now } = asking
  const key = readDeviceCheckKey(asking.secret)
  if (key === undefined) return { askAgainAt: now + later }
  const known = parseReceipt(receipt)
  if (known.expiresAt !== undefined && known.expiresAt <= now) return { askAgainAt: undefined }
  const answer = await ask({ environment: claims.environment, receipt, key })
  switch (answer.kind) {
    case 'unknown':
      return { askAgainAt: undefined }
    case 'too_early':
      return { askAgainAt: Math.max(known.notBefore ?? 0, now + later) }
    case 'renewed': {
      const { appId, publicKey } = claims
      const { riskMetric, notBefore = 0 } = verifyReceipt(answer.receipt, {
        anchors,
        appId,
        publicKey,
        type: 'RECEIPT',
        now,
      })
      return {
        receipt: answer.receipt,
        askAgainAt: Math.max(notBefore, now + later),
        ...(riskMetric === undefined
          ? {}
          : { remembered: remembered(appAttestClaims, { ...claims, riskMetric }) }),
      }
    }
  }
}
