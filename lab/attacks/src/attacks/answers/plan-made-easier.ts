import type { ClientData } from '@assay/protocol'
import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

/** The plan with its first read only. */
function easier({ plan }: ClientData): object {
  const { reads, ...rest } = JSON.parse(Buffer.from(plan, 'base64url').toString()) as { reads: unknown[] }
  const changed = JSON.stringify({ ...rest, reads: reads.slice(0, 1) })
  return { plan: Buffer.from(changed).toString('base64url') }
}

export const planMadeEasier = tamperedAnswer({
  id: 'plan-made-easier',
  title: 'The plan is echoed with fewer reads',
  oat: 'OAT-020',
  method: 'one read is left; challenge, key and signature are genuine',
  tamper: withClientData(easier),
})
