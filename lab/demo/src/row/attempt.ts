import { AssayClientError } from '@assay/client'
import type { InstalledApp } from '@assay/testkit'
import { outcomeOf, type Outcome } from './row.ts'

/** Has a device read the orders of an API; a refusal by the service counts as one by the API. */
export async function attempt(making: Promise<InstalledApp>, api: { url: string }): Promise<Outcome> {
  const device = await making
  try {
    return await outcomeOf(await device.client.fetch(`${api.url}/v1/orders`))
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return lastAnswer(device)
  } finally {
    device.close()
  }
}

function lastAnswer({ exchanges }: InstalledApp): Outcome {
  const last = exchanges.at(-1)
  if (last === undefined || last.status < 400) throw new Error('the service refused nothing')
  const { code, trace } = last.response as { code: string; trace?: string }
  return { status: last.status, code, ...(trace === undefined ? {} : { trace }) }
}
