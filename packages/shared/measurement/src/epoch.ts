import { invalidArgument, labels, lengthPrefixed, uint64 } from '@assay/protocol'
import type { Eventually, MeasurementCrypto } from './ports/ports.ts'

/**
 * Number of the epoch that a moment falls in.
 *
 * @param unixSeconds time in seconds since 1970
 * @param epochLength seconds, a positive integer; 900 to 3600 in production
 */
export function epochOf(unixSeconds: number, epochLength: number): number {
  if (!Number.isInteger(epochLength) || epochLength <= 0)
    throw invalidArgument('epoch length is not a positive integer')
  if (!(unixSeconds >= 0)) throw invalidArgument('time lies before 1970')
  return Math.floor(unixSeconds / epochLength)
}

/**
 * The seed of a build in an epoch, 32 bytes: HMAC(Kepoch, label ‖ u64 epoch ‖ LP(app/build)). Nobody without the epoch
 * key can predict it; within the epoch it is public, as part of the plan.
 */
export function epochSeed(
  crypto: MeasurementCrypto,
  epochKey: Uint8Array,
  epoch: number,
  app: string,
  build: string,
): Eventually<Uint8Array> {
  // An empty HMAC key is legal, but everybody knows it.
  if (epochKey.length < 16) throw invalidArgument('epoch key is shorter than 16 bytes')
  return crypto.hmacSha256(epochKey, [labels.epoch, uint64(epoch), lengthPrefixed(`${app}/${build}`)])
}
