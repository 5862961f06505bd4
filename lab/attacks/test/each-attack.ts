import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attack, Level } from '../src/attack/attack.ts'
import { sortByTools } from '../src/harness/tools.ts'
import type { Carried } from '../src/on-request.ts'

const program = path.resolve(import.meta.dirname, '../dist/on-request.js')

/**
 * Declares one test for each attack, named by its id, in worlds that they share in a process of their own: attacks run the built SDK, and
 * tests load its sources. Those that must be alone come last.
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
    let child: ChildProcess
    const answered = new Map<string, (carried: Carried) => void>()
    beforeAll(async () => {
      child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      const failed = once(child, 'exit').then(() => Promise.reject(new Error('the attacks do not start')))
      await Promise.race([once(child, 'message'), failed])
      failed.catch(() => undefined)
      child.on('message', (carried: Carried) => answered.get(carried.id)?.(carried))
    })
    afterAll(async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    })

    const carryOut =
      ({ id }: Attack) =>
      async () => {
        const { problems, twins } = await new Promise<Carried>((resolve) => {
          answered.set(id, resolve)
          child.send(id)
        })
        expect(problems).toEqual([])
        for (const level of withTwin) expect(twins).toContain(level)
      }
    const [alone, others] = [true, undefined].map((wanted) =>
      runnable.filter(({ isAlone }) => isAlone === wanted),
    )
    for (const attack of others ?? []) it.concurrent(attack.id, carryOut(attack))
    for (const attack of alone ?? []) it(attack.id, carryOut(attack))
  })
}
