import type { Assay } from '@assay/react-native'
import { noticeOf } from './notice.ts'

export interface Order {
  readonly id: number
  readonly item: string
}

export interface Orders {
  readonly list: readonly Order[]
  /** The message to show instead. */
  readonly notice: string | undefined
}

/** The orders of the signed-in user. The proof also names the session's token, so it works only with that token. */
export async function loadOrders(assay: Pick<Assay, 'fetch'>, api: string, token: string): Promise<Orders> {
  try {
    const response = await assay.fetch(`${api}/v1/orders`, { headers: { Authorization: `Bearer ${token}` } })
    if (!response.ok) return { list: [], notice: `The shop answered ${response.status}.` }
    const { orders } = (await response.json()) as { orders: readonly Order[] }
    return { list: orders, notice: undefined }
  } catch (error) {
    return { list: [], notice: noticeOf(error) }
  }
}
