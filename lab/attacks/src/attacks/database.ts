import { without } from '../attack/sdks.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noService, onlyAssay, refusedWith } from '../attack/expected.ts'
import { allOf, everyOf, type Outcome } from '../world/outcome.ts'
import type { World, WrittenService } from '../world/world.ts'

/** No phone takes part: what happens at one level is what happens at the other, and is carried out once for both. */
function alikeAtBothLevels(run: (world: World) => Promise<Attempt>): (world: World) => Promise<Attempt> {
  const attempts = new WeakMap<World['startWritten'], Promise<Attempt>>()
  return (world) => {
    const attempt = attempts.get(world.startWritten) ?? run(world)
    attempts.set(world.startWritten, attempt)
    return attempt
  }
}

/** One service for the attacker, and another one, to which the same happens but for what the attacker does. */
async function withServices(
  { startWritten }: Pick<World, 'startWritten'>,
  run: (service: WrittenService, isTwin: boolean) => Promise<Outcome[]>,
) {
  const outcomes: Outcome[] = []
  for (const isTwin of [false, true]) {
    const service = await startWritten()
    try {
      outcomes.push((isTwin ? everyOf : allOf)(await run(service, isTwin)))
    } finally {
      await service.stop()
    }
  }
  const [attack, twin] = outcomes as [Outcome, Outcome]
  return { attack, twin }
}

/** What somebody does who writes to the database of the service, but does not have its sealing key. */
export const database: readonly Attack[] = [
  {
    id: 'audit-rewritten-then-sealed',
    sdks: without('at-the-service'),
    title: 'The audit log is rewritten in the database, so that the next act of anybody seals it',
    oat: 'OAT-020',
    method:
      'every entry gets another actor, all hashes and the head fit; then an operator acts, and `assay audit verify` runs; twin: nothing is rewritten',
    expected: onlyAssay(noService, refusedWith('CLI_AUDIT_BROKEN')),
    run: {
      assay: alikeAtBothLevels((world) =>
        withServices(world, async ({ verify, act, writer, restart }, isTwin) => {
          if (!isTwin) writer.rewriteAudit()
          await act()
          const once = await verify()
          await restart()
          await act()
          return [once, await verify()]
        }),
      ),
    },
  },
  {
    id: 'audit-erased',
    sdks: without('at-the-service'),
    title: 'The audit log is erased in the database, with its head and its key',
    oat: 'OAT-020',
    method:
      '`assay audit verify` runs at once, and again after a restart and an act of an operator; twin: nothing is erased',
    expected: onlyAssay(noService, refusedWith('CLI_AUDIT_BROKEN')),
    run: {
      assay: alikeAtBothLevels((world) =>
        withServices(world, async ({ verify, act, writer, restart }, isTwin) => {
          if (!isTwin) writer.eraseAudit()
          const once = await verify()
          await restart()
          await act()
          return [once, await verify()]
        }),
      ),
    },
  },
]
