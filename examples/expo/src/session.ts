import type { Assay } from '@assay/react-native'
import { noticeOf } from './notice.ts'

/** The signed-in user, or the message to show instead. */
export type SignedIn = { readonly token: string } | { readonly notice: string }

/** Signs in at the API, which accepts names and passwords only from genuine apps: a script cannot guess them. */
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
