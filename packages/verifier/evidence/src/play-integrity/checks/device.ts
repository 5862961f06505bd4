import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The device has each label that is demanded. */
export function checkDevice(
  { deviceRecognitionVerdict }: Pick<Payload, 'deviceRecognitionVerdict'>,
  labels: readonly string[] | null,
): void {
  if (labels?.every((label) => deviceRecognitionVerdict.includes(label)) === false) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_DEVICE')
  }
}
