import { checkRunner, deviationsOf, type Outcome } from './driver/check-runner.ts'
import { typescriptRunner } from './driver/own-runners.ts'
import type { Runner } from './driver/run-runner.ts'
import { familyNames } from './family-names.ts'

const usage = `usage: npm run wire -- write
       npm run wire -- run [--json] [--families NAME,NAME] [-- COMMAND [ARGUMENT ...]]
`

const print = (line: string) => void process.stdout.write(`${line}\n`)

async function main([verb, ...rest]: readonly string[]): Promise<number> {
  switch (verb) {
    case 'write': {
      // Not above: it takes a second to work all cases out, and only this needs them.
      const { writeVectors } = await import('./write-vectors.ts')
      const { writeProtocolPage } = await import('./protocol-page.ts')
      writeVectors(print)
      writeProtocolPage()
      return 0
    }
    case 'run':
      return run(rest)
    default:
      process.stderr.write(usage)
      return 2
  }
}

async function run(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const [command, ...more] = end < 0 ? [] : args.slice(end + 1)
  const runner: Runner = command === undefined ? typescriptRunner : { command, args: more }
  const at = options.indexOf('--families')
  const names = at < 0 ? familyNames : (options[at + 1] ?? '').split(',')
  const outcome = await checkRunner(runner, names)
  if (options.includes('--json'))
    print(JSON.stringify({ ...outcome, cases: undefined, deviations: deviationsOf(outcome) }))
  else tell(outcome)
  return outcome.failed > 0 || outcome.passed === 0 ? 1 : 0
}

function tell(outcome: Outcome): void {
  const { passed, failed, skipped } = outcome
  for (const { family, wanted, answer } of deviationsOf(outcome)) {
    const { id, output, error, details } = wanted
    print(`${family}: ${id}`)
    print(`  wanted   ${JSON.stringify(error === undefined ? { output } : { error, details })}`)
    print(`  answered ${JSON.stringify(answer)}`)
  }
  print(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
}

process.exitCode = await main(process.argv.slice(2))
