import { parseArgs } from 'node:util'
import { ascii } from '../../wire/vector-file/vector-file.ts'
import { answersOf } from './answers-of.ts'
import { differ, type Difference } from './differ.ts'

const most = 0x7fffffff

/** `npm run wire -- differ`: the guard and a command, about the same random requests. @returns the exit code */
export async function runDiffer(args: readonly string[], print: (line: string) => void): Promise<number> {
  const end = args.indexOf('--')
  const [command, ...more] = end < 0 ? [] : args.slice(end + 1)
  const { values } = parseArgs({
    args: end < 0 ? [...args] : args.slice(0, end),
    options: {
      runs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: process.env['ASSAY_SEED'] ?? '1' },
    },
  })
  const runs = Number(values.runs)
  const seed = values.seed === 'random' ? Math.floor(Math.random() * most) : Number(values.seed)
  if (command === undefined || !(runs > 0) || !Number.isSafeInteger(seed)) {
    print('usage: npm run wire -- differ [--runs N] [--seed N|random] -- COMMAND [ARGUMENT …]')
    return 2
  }
  print(`seed ${seed}`)
  const outcome = await differ((questions) => answersOf({ command, args: more }, questions), { runs, seed })
  for (const difference of outcome.differences) tell(difference, print)
  const { compared, skipped, served, refused, misuse, codes, differences } = outcome
  const different = differences.reduce((sum, { count }) => sum + count, 0)
  print(
    `${compared} cases compared (${served} requests served, ${refused} refused with ${codes.size - 1} codes, ${misuse} misused configurations), ` +
      `${skipped} skipped, ${different} differences of ${differences.length} kinds, seed ${seed}`,
  )
  return different > 0 || compared === 0 ? 1 : 0
}

/** The case as a line of `requests.json` is, but with all names resolved. */
function tell(
  { kind, count, number, shrunk, question, guard, runner }: Difference,
  print: (line: string) => void,
): void {
  const { id: _, family: __, ...rest } = question
  const { id: ___, ...answer } = guard
  print(`${count} times ${kind}; first in case ${number}, here shrunk`)
  print(`  from     ${shrunk.base.id}`)
  for (const { does } of shrunk.edits) print(`  with     ${ascii(does)}`)
  print(`  vector   ${ascii({ id: question.id, clause: shrunk.base.clause, ...rest, ...answer })}`)
  print(`  answered ${ascii(runner ?? null)}`)
}
