import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The app's recognition verdict is there, and allowed where that is judged here. */
export function checkAppRecognition(
  { appRecognitionVerdict }: Pick<Payload, 'appRecognitionVerdict'>,
  allowed: readonly string[] | null,
): string {
  if (appRecognitionVerdict === undefined || allowed?.includes(appRecognitionVerdict) === false) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_APP_RECOGNITION')
  }
  return appRecognitionVerdict
}
