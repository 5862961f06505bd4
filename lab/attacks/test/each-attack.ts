import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attack, Level } from '../src/attack/attack.ts'
import { setWorlds, type RunningWorlds } from '../src/harness/set-worlds.ts'
import { sortByTools } from '../src/harness/tools.ts'
import { judge } from '../src/judge.ts'
import { runAttacks } from '../src/run-attacks.ts'

/**
 * Declares one test for each attack, named by its id, in worlds that they share. Those that must be alone come last.
 *
 * @param withTwin levels at which each of them must have a twin
 */
export async function testEach(attacks: readonly Attack[], withTwin: readonly Level[] = []): Promise<void> {
  const { runnable, notRun } = await sortByTools(attacks)
  for (const { id, missing } of notRun)
    it(id, () => {
      console.log(`not run: ${id}: there is no ${missing} on this machine`)
      expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
    })
  describe.skipIf(runnable.length === 0)('attacks', () => {
    let running: RunningWorlds
    beforeAll(async () => {
      running = await setWorlds()
    })
    afterAll(() => running.close())

    const carryOut = (attack: Attack) => async () => {
      const results = await runAttacks([attack], running.worlds, () => undefined)
      expect(judge([attack], results)).toEqual([])
      for (const level of withTwin) expect(results[0]?.attempts[level], level).toHaveProperty('twin')
    }
    const [alone, others] = [true, undefined].map((wanted) =>
      runnable.filter(({ isAlone }) => isAlone === wanted),
    )
    for (const attack of others ?? []) it.concurrent(attack.id, carryOut(attack))
    for (const attack of alone ?? []) it(attack.id, carryOut(attack))
  })
}
