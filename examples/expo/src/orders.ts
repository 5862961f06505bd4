import { AssayError, type Assay } from '@assay/react-native'

export interface Orders {
  readonly count: number
  /** What to show in their place. */
  readonly notice: string | undefined
}

/** The orders, from an API that serves genuine apps only. Each fault has something to say to the user. */
export async function orders(assay: Pick<Assay, 'fetch'>, url: string): Promise<Orders> {
  try {
    const response = await assay.fetch(url)
    if (!response.ok) return { count: 0, notice: `The shop answered ${response.status}.` }
    const list: unknown = await response.json()
    return { count: Array.isArray(list) ? list.length : 1, notice: undefined }
  } catch (error) {
    return { count: 0, notice: noticeOf(error) }
  }
}

function noticeOf(error: unknown): string {
  if (!(error instanceof AssayError)) return 'You seem to be offline.'
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
