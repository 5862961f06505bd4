import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/**
 * Google has evaluated the app, and its verdict is allowed where that is judged here. It names no app that it has not
 * evaluated, whatever is allowed.
 */
export function checkAppRecognition(
  { appRecognitionVerdict }: Pick<Payload, 'appRecognitionVerdict'>,
  allowed: readonly string[] | null,
): string {
  if (appRecognitionVerdict === 'UNEVALUATED') throw new PlayIntegrityError('PLAY_INTEGRITY_UNEVALUATED')
  if (appRecognitionVerdict === undefined || allowed?.includes(appRecognitionVerdict) === false) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_APP_RECOGNITION')
  }
  return appRecognitionVerdict
}
