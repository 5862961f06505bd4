import { CodecError } from '@assay/codec'
import { decodeCbor } from '@assay/codec/cbor'

/** What the provisioning server adds to a certificate that it issues. Everything in it may be missing. */
export interface ProvisioningInfo {
  /**
   * About how many certificates the device got within 30 days: a number that is orders of magnitude higher is a sign
   * of a farm.
   */
  readonly certificatesIssued: number | undefined
  /** The device reported itself lost. */
  readonly reportedLost: boolean | undefined
}

const keys = { certificatesIssued: 1, reportedLost: 6 }

/**
 * Reads the provisioning information extension. The vendor may change its form and nothing depends on it, so unreadable
 * information counts as missing.
 */
export function readProvisioningInfo(encoded: Uint8Array): ProvisioningInfo {
  const map = decodedMap(encoded)
  const issued = map?.get(keys.certificatesIssued)
  const lost = map?.get(keys.reportedLost)
  return {
    certificatesIssued: typeof issued === 'number' ? issued : undefined,
    reportedLost: typeof lost === 'boolean' ? lost : undefined,
  }
}

function decodedMap(encoded: Uint8Array): ReadonlyMap<unknown, unknown> | undefined {
  try {
    const value = decodeCbor(encoded)
    return value instanceof Map ? value : undefined
  } catch (error) {
    if (error instanceof CodecError) return undefined
    throw error
  }
}
