import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { formats } from './evidence/formats.ts'
import { runVectors } from './evidence/run-vectors.ts'
import { familyNames } from './wire/case/case.ts'
import { checkRunner, deviationsOf, type Outcome } from './wire/driver/check-runner.ts'
import { pythonFamilies, pythonReader, typescriptRunner } from './wire/driver/own-runners.ts'
import type { Runner } from './wire/driver/run-runner.ts'
import { arbitraries } from './wire/fuzz/arbitraries.ts'
import { fuzz, type Contestant } from './wire/fuzz/fuzz.ts'

const usage = `usage: npm run vectors -- DIR
       npm run wire -- write
       npm run wire -- fuzz [--runs N] [--seed N] [--families NAME,NAME] [--runner 'COMMAND ARGUMENT …']…
       npm run wire -- differ [--runs N] [--seed N|random] -- COMMAND [ARGUMENT ...]
       npm run wire -- run [--json] [--families NAME,NAME] [-- COMMAND [ARGUMENT ...]]
`

const print = (line: string) => void process.stdout.write(`${line}\n`)

/** `npm run wire`: writes the vectors, asks a runner, or several the same random cases. `npm run vectors`: runs those of evidence. */
async function main([verb = '', ...rest]: readonly string[]): Promise<number> {
  switch (verb) {
    case 'write': {
      // Not above: it takes a second to work all cases out, and only this needs them.
      const { writeVectors } = await import('./write.ts')
      await writeVectors(print)
      return 0
    }
    case 'fuzz':
      return fuzzAll(rest)
    case 'differ': {
      // As above: it reads every request.
      const { runDiffer } = await import('./requests/differing/run-differ.ts')
      return runDiffer(rest, print)
    }
    case 'run':
      return runWire(rest)
    default:
      return runEvidence(verb, rest)
  }
}

async function runEvidence(location: string, more: readonly string[]): Promise<number> {
  const isUsable = location !== '' && more.length === 0
  if (!isUsable || !existsSync(location)) {
    process.stderr.write(`${isUsable ? `there is no file or folder ${location}\n` : ''}${usage}`)
    return 2
  }
  try {
    const { passed, failed } = await runVectors(location, formats, print)
    // A run without vectors proves nothing.
    return failed > 0 || passed === 0 ? 1 : 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

async function runWire(args: readonly string[]): Promise<number> {
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

/** The TypeScript SDK, the reader in Python, and every runner that is named, against each other. */
async function fuzzAll(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '500' },
      seed: { type: 'string', default: process.env['ASSAY_SEED'] ?? '1' },
      families: { type: 'string', default: Object.keys(arbitraries).join(',') },
      runner: { type: 'string', multiple: true, default: [] },
    },
  })
  const contestants: Contestant[] = [
    { name: 'typescript', runner: typescriptRunner },
    { name: 'python', runner: pythonReader, families: pythonFamilies },
    ...values.runner.map((line) => ({ name: line, runner: { command: 'sh', args: ['-c', line] } })),
  ]
  const options = {
    runs: Number(values.runs),
    seed: Number(values.seed),
    families: values.families.split(','),
  }
  const { compared, accepted, refused, differences } = await fuzz(contestants, options)
  for (const { question, answers } of differences.slice(0, 10)) print(JSON.stringify({ question, answers }))
  print(
    `${compared} compared (${accepted} accepted, ${refused} refused), ${differences.length} differences, seed ${options.seed}`,
  )
  return differences.length > 0 || compared === 0 ? 1 : 0
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
