import { AssayError } from '@assay/react-native'
import { remedyText } from '@assay/react-native/remedy-texts'

/** The message for a user about a fault. */
export function noticeOf(error: unknown): string {
  if (!(error instanceof AssayError)) return 'You seem to be offline.'
  // What the operator lets the app say comes first.
  const text = remedyText(error)
  if (text !== undefined) return text
  switch (error.code) {
    case 'attestation_denied':
      return `This app could not be verified. Support code: ${error.trace ?? 'none'}`
    case 'build_refused':
    case 'sdk_outdated':
      return 'Please update the app.'
    default:
      return error.retryable ? 'Please try again.' : `This app is not set up (${error.code}).`
  }
}
