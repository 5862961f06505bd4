import path from 'node:path'
import { runCommand } from '@assay/testkit/command-line'
import { replaceInputs, writeInput } from './inputs/corpus.ts'
import { findingsIn } from './findings.ts'
import { readOptions, usage, type Options } from './options.ts'
import { describeResult, heading } from './report.ts'
import { runJob } from './running/run-job.ts'
import type { TargetEntry } from './target/target.ts'
import { vectorsBeside } from './inputs/vector-inputs.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
/** Milliseconds of processor time for one input: a hundred times that of most inputs. */
const limit = 2000
/** Where findings are written. */
const foundUnder = path.join(root, 'coverage/fuzz')

/** Runs one target and prints the result. @returns the number of findings */
async function fuzz(
  { name, inputs, most = Infinity }: TargetEntry,
  options: Options,
  vectors: string | undefined,
): Promise<number> {
  const outcome = await runJob({
    target: name,
    root,
    inputs: Math.min(options.inputs ?? inputs, most),
    seed: options.seed,
    vectors,
    limit,
    hangFile: path.join(foundUnder, `${name}.hang`),
    only: options.replayed && [options.replayed],
    minimise: options.keep,
  })
  const lines: string[] = []
  if (outcome.kind === 'finished') {
    const { result } = outcome
    lines.push(...describeResult(name, result))
    if (result.slowest !== undefined) writeInput(foundUnder, result.slowest.input, `${name}.slowest`)
    if (options.missing)
      lines.push(...result.branches.missing.map((where) => `    not reached: ${path.relative(root, where)}`))
    if (options.keep) replaceInputs(path.join(root, 'lab/measure/corpus', `${name}.jsonl`), result.corpus)
  }
  // A single input, run again, need not reach much.
  const findings = findingsIn(outcome).filter(
    ({ kind }) => kind !== 'branches' || options.replayed === undefined,
  )
  for (const { kind, text, input } of findings) {
    const file = input && path.relative(root, writeInput(path.join(foundUnder, name), input))
    lines.push(`FOUND ${name}: ${kind}: ${text}${file === undefined ? '' : ` (${file})`}`)
  }
  print(lines.join('\n'))
  return findings.length
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Whether nothing was found. */
async function fuzzAll(options: Options): Promise<boolean> {
  const vectors = options.keep ? undefined : vectorsBeside(root)
  const start = performance.now()
  print(`seeded ${vectors === undefined ? 'without' : 'with'} the evidence vectors`)
  print(heading)
  const waiting = [...options.entries]
  const found: number[] = []
  const work = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift())
      found.push(await fuzz(entry, options, vectors))
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  const findings = found.reduce((sum, each) => sum + each, 0)
  const seconds = Math.round((performance.now() - start) / 1000)
  print(`${options.entries.length} parsers, ${findings} findings, ${seconds} s`)
  return findings === 0
}

await runCommand(usage, readOptions, fuzzAll)
