import { levels, type Level } from './attack/attack.ts'
import { catalogue } from './catalogue.ts'
import { setWorlds } from './harness/set-worlds.ts'
import { judge } from './judge.ts'
import { runAttacks } from './run-attacks.ts'

/** The answer for one attack. */
export interface Carried {
  id: string
  /** Each difference from the expected outcome, as text. */
  problems: readonly string[]
  /** Levels at which it had a twin. */
  twins: readonly Level[]
}

/**
 * Carries out the attacks whose ids the parent process sends, in worlds that they share, and answers each. A test sends them: it would load the sources
 * where an attack must start the built SDK.
 */
const { worlds, close } = await setWorlds()
/** Three at once: most attacks wait for sockets most of the time. */
const lanes = Array.from({ length: 3 }, () => Promise.resolve())
let next = 0
process.on('message', (id: string) => {
  const lane = next++ % lanes.length
  lanes[lane] = (lanes[lane] as Promise<void>).then(() => carryOut(id))
})
process.once('disconnect', () => void close().finally(() => process.exit(0)))
process.send?.('ready')

async function carryOut(id: string): Promise<void> {
  const attacks = catalogue.filter((attack) => attack.id === id)
  try {
    const results = await runAttacks(attacks, worlds, () => undefined)
    const problems = judge(attacks, results).map(
      ({ level, problem }) => `${level ?? 'all levels'}: ${problem}`,
    )
    const twins = levels.filter((level) => {
      const attempt = results[0]?.attempts[level]
      return attempt !== undefined && 'twin' in attempt && attempt.twin !== undefined
    })
    process.send?.({ id, problems, twins } satisfies Carried)
  } catch (error) {
    process.send?.({ id, problems: [String(error)], twins: [] } satisfies Carried)
  }
}
