import type { Assay } from '@assay/react-native'
import { noticeOf } from './notice.ts'

/** Who is signed in, or what to show in place of that. */
export type SignedIn = { readonly token: string } | { readonly notice: string }

/** Signs in at the API, which takes names and passwords from genuine apps only: nobody tries them out by a script. */
export async function signIn(
  assay: Pick<Assay, 'fetch'>,
  api: string,
  name: string,
  password: string,
): Promise<SignedIn> {
  try {
    const response = await assay.fetch(`${api}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, password }),
    })
    if (response.status === 401) return { notice: 'Name or password is wrong.' }
    if (!response.ok) return { notice: `The shop answered ${response.status}.` }
    const { token } = (await response.json()) as { token: string }
    return { token }
  } catch (error) {
    return { notice: noticeOf(error) }
  }
}
