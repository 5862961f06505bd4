import { carryOutSync, coreFunctions, digestImage, parsePlan, planSeed } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { accept, type Case } from '../case/case.ts'
import { base64url, hex, noise, sha256 } from '../material/bytes.ts'
import { challengeOf } from '../material/challenge.ts'
import { imageOf } from '../material/image.ts'
import { folded, fold, given, plain, planWith, type Folding } from './folding.ts'

/** Every way that `refusal.1` can go, by the first byte of the chain when it is carried out. */
export async function exerciseCases(): Promise<Case[]> {
  const wanted = ['the plan as it is', 'version 2', 'no reads', 'an epoch too large', 'a member too many']
  const found = new Map<number, Case>()
  for (let i = 0; found.size < wanted.length; i++) {
    const challenge = challengeOf(`exercise ${i}`)
    const folding = { ...plain, challenge, plan: planWith({ probes: [] }), probes: [] }
    const branch = await branchOf(folding)
    if (found.has(branch)) continue
    found.set(branch, accept(`refusal.1: ${wanted[branch] as string}`, given(folding), await fold(folding)))
  }
  return [...found.entries()].sort(([a], [b]) => a - b).map(([, one]) => one)
}

/** Carries the plan out with an exercise that only takes down what it is given. */
async function branchOf(folding: Folding): Promise<number> {
  let first = -1
  const planBytes = folding.plan
  const plan = parsePlan(planBytes)
  const image = imageOf(folding.segments)
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  const noting = { 'refusal.1': (input: Uint8Array) => ((first = input[0] as number), input) }
  const challenge = Buffer.from(folding.challenge, 'base64url')
  carryOutSync({
    plan,
    planBytes,
    challenge,
    digest,
    image,
    crypto: nodeCrypto,
    probes: {},
    live: { shown: 'absent', exercises: noting },
  })
  return first % 5
}

export function shownCases(): Promise<Case>[] {
  const show = ['parse-plan', 'conclusion']
  const digests = show.map((name) => [name, base64url(sha256(name))] as const)
  const plan = planWith({ live: { show, run: ['refusal.1'] } })
  return [
    folded('functions shown', { plan, shown: digests }),
    folded('one function shown', {
      plan: planWith({ live: { show: ['fold-start'], run: [] } }),
      shown: [['fold-start', base64url(sha256('x'))]],
    }),
  ]
}

/** Where a read starts, also in segments that no test has bytes for. */
export function startCases(): Case[] {
  const start = coreFunctions['fold-start'] as (chain: Uint8Array, places: number) => number
  const chains = [
    new Uint8Array(32),
    new Uint8Array(32).fill(255),
    noise('chain 1', 32),
    noise('chain 2', 32),
  ]
  const places = [1, 2, 255, 65_537, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 40 + 3, 2 ** 48 - 1, 2 ** 48]
  return chains.flatMap((chain, i) =>
    places.map((count) =>
      accept(
        `start ${i} among ${count} places`,
        { op: 'start', chain: hex(chain), places: count },
        start(chain, count),
      ),
    ),
  )
}
