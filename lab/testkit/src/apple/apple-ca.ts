import type { EvidenceItem } from '@assay/protocol'
import { pemOf } from '../x509/certificate.ts'
import type { AppAttestKey } from './app-attest-key.ts'
import { assert, type AppleAssertionRequest } from './assertion.ts'
import { attest, type AppleAttestationRequest } from './attestation.ts'
import { createHierarchy } from './hierarchy.ts'
import { createAppleDevices } from './devices.ts'
import { createReceiptSigner } from './receipt.ts'

/** Apple, as far as App Attest needs it: a root of our own, and what it vouches for, wilfully broken on demand. */
export interface AppleCa {
  /** PEM of the root certificate. */
  readonly root: string
  /** An evidence item `apple-app-attest`. */
  attest(key: AppAttestKey, request: AppleAttestationRequest): EvidenceItem
  /** A newer receipt, which says how many keys the device has attested; `undefined`: not given out here. */
  renewReceipt(receipt: Buffer, riskMetric?: 'not counted'): Buffer | undefined
  /** An evidence item `apple-app-attest-assertion`. Apple has no part in it, but in what can be wrong with it. */
  assert(key: AppAttestKey, request: AppleAssertionRequest): EvidenceItem
}

export interface AppleCaOptions {
  /** Milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: () => number
}

export function createAppleCa({ now = Date.now }: AppleCaOptions = {}): AppleCa {
  const hierarchy = createHierarchy('Assay Testkit')
  const writeReceipt = createReceiptSigner(hierarchy.root)
  const devices = createAppleDevices()
  const at = () => Math.floor(now() / 1000)
  return {
    root: pemOf(hierarchy.root.certificate),
    attest: (key, request) =>
      attest(key, request, {
        hierarchy,
        at: at(),
        writeReceipt: (fields) => {
          const receipt = writeReceipt(fields)
          devices.attested(request.device ?? key, receipt, fields)
          return receipt
        },
      }),
    renewReceipt(receipt, riskMetric) {
      const known = devices.lookUp(receipt)
      if (known === undefined) return undefined
      const next = writeReceipt({ ...known.fields, createdAt: at(), riskMetric: riskMetric ?? known.keys })
      devices.renewed(receipt, next)
      return next
    },
    assert,
  }
}
