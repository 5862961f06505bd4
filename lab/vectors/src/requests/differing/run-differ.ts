import { numberIn, readValues } from '@assay/testkit/command-line'
import { ascii } from '../../wire/vector-file/vector-file.ts'
import { answersOf } from './answers-of.ts'
import { differ, type Difference } from './differ.ts'

const usage = 'usage: npm run wire -- differ [--runs N] [--seed N|random] -- COMMAND [ARGUMENT ...]'
const most = 0x7fffffff

/** `npm run wire -- differ`: the guard and a command, about the same random requests. @returns the exit code */
export async function runDiffer(args: readonly string[], print: (line: string) => void): Promise<number> {
  let options: ReturnType<typeof readOptions>
  try {
    options = readOptions(args)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n\n${usage}\n`)
    return 2
  }
  const { command, more, runs, seed } = options
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

/** @throws TypeError for arguments that are invalid */
function readOptions(args: readonly string[]) {
  const end = args.indexOf('--')
  const [command, ...more] = end < 0 ? [] : args.slice(end + 1)
  if (command === undefined) throw new TypeError('A command must follow --.')
  const { runs, seed } = readValues(args.slice(0, end), {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: process.env['ASSAY_SEED'] ?? '1' },
  })
  return {
    command,
    more,
    runs: numberIn('--runs', runs, 1, 100_000_000),
    seed: seed === 'random' ? Math.floor(Math.random() * most) : numberIn('--seed', seed, 0, most),
  }
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
