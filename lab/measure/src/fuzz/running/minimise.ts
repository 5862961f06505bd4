import { forgetBranches, instrumentedBranches } from '../instrumentation/branches.ts'
import type { Target } from '../target/target.ts'

/** The inputs, shortest first, that each have a new branch or outcome. */
export async function minimise(target: Target, inputs: readonly Uint8Array[]): Promise<Uint8Array[]> {
  forgetBranches()
  const branches = instrumentedBranches()
  const outcomes = new Set<string>()
  const kept: Uint8Array[] = []
  for (const input of [...inputs].sort((a, b) => a.length - b.length)) {
    const outcome = await target.run(input)
    const isNewBranch = branches.hasNew()
    if (isNewBranch || !outcomes.has(outcome)) kept.push(input)
    outcomes.add(outcome)
  }
  return kept
}
