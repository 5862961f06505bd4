import type { Stage } from '../scenarios/scenario.ts'
import { allOf, type Code } from './attack.ts'
import { attempt } from './attempt.ts'

interface SeenPlan {
  app: string
  probes: readonly string[]
  reads: readonly object[]
  live: object
}

/** What somebody in place of the service asks for: more than the code of this app, or another's. */
const greedy: readonly ((plan: SeenPlan) => string)[] = [
  (plan) => JSON.stringify({ ...plan, probes: [...plan.probes, 'contacts'] }),
  (plan) => JSON.stringify({ ...plan, reads: [{ op: 'range', segment: 4000, length: 64 }, ...plan.reads] }),
  (plan) => JSON.stringify({ ...plan, reads: [{ op: 'file', path: '/data/local.db' }] }),
  (plan) => JSON.stringify({ ...plan, app: 'com.example.bank' }),
  (plan) => JSON.stringify({ ...plan, live: { show: ['sign'], run: [] } }),
  (plan) => JSON.stringify(plan).padEnd(1 << 19),
]

/** Somebody stands in for the service, with genuine challenges and plans of their own. */
export async function hostileService(stage: Stage): Promise<Code> {
  const { relay } = stage.world
  const codes: Code[] = []
  for (const change of greedy) {
    relay.forge = (path, body) => {
      if (path !== '/v1/challenges') return body
      const answer = JSON.parse(body) as { plan: string }
      const plan = JSON.parse(Buffer.from(answer.plan, 'base64url').toString()) as SeenPlan
      return JSON.stringify({ ...answer, plan: Buffer.from(change(plan)).toString('base64url') })
    }
    try {
      codes.push(await attempt(stage))
    } finally {
      relay.forge = undefined
    }
  }
  return allOf(codes)
}
