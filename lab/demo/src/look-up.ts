import type { AttestationTrace } from '@assay/protocol'
import type { FreshService } from '@assay/testkit'
import type { Outcome } from './row.ts'

/** What only the operator learns of a denial: its real code, by the trace id. `undefined` where there is none. */
export async function lookUp(
  { url, env }: Pick<FreshService, 'url' | 'env'>,
  { trace }: Outcome,
): Promise<string | undefined> {
  if (trace === undefined) return undefined
  const headers = { authorization: `Bearer ${env['ASSAY_API_KEY'] ?? ''}` }
  const response = await fetch(new URL(`/v1/attestations/${trace}`, url), { headers })
  return response.ok ? ((await response.json()) as AttestationTrace).code : undefined
}
