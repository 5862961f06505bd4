/** The process of one target: instruments the parser, loads it, fuzzes it, and sends the result to its parent. */
import { register } from 'node:module'
import path from 'node:path'
import { canaries, catalogue } from '../catalogue/catalogue.ts'
import { readInputs } from '../inputs/corpus.ts'
import { instrumentedBranches } from '../instrumentation/branches.ts'
import type { Target } from '../target/target.ts'
import { readVectorInputs } from '../inputs/vector-inputs.ts'
import { fuzzTarget } from './fuzz-target.ts'
import type { Job, JobResult } from './job.ts'
import { minimise } from './minimise.ts'
import { startWatchdog } from './watchdog.ts'

process.once('message', (job: Job) => {
  carryOut(job).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

async function carryOut(job: Job): Promise<JobResult> {
  const entry = [...catalogue, ...canaries].find(({ name }) => name === job.target)
  if (entry === undefined) throw new Error(`there is no target ${job.target}`)
  // Repeated inputs run without instrumentation, so that a crash shows its place in the source.
  if (job.only === undefined) instrument(entry.files.map((file) => path.join(job.root, file)))
  const { target } = await entry.load()
  const watchdog = startWatchdog(job.limit, job.hangFile)
  const result = await fuzzTarget(target, instrumentedBranches(), watchdog, {
    shape: entry.shape,
    inputs: job.inputs,
    seed: job.seed,
    given: job.only ?? givenInputs(job, target),
  })
  await watchdog.stop()
  return job.minimise ? { ...result, corpus: await minimise(target, result.corpus) } : result
}

function instrument(files: readonly string[]): void {
  // Refusals are errors, and an error spends most of its time on its stack.
  Error.stackTraceLimit = 3
  register(new URL('../instrumentation/loader.js', import.meta.url), { data: files })
}

/** The target's own, the kept ones, among them the regressions, and what the vectors give. */
function givenInputs({ root, target: name, vectors }: Job, target: Target): Uint8Array[] {
  const kept = ['corpus', 'regressions'].flatMap((folder) =>
    readInputs(path.join(root, 'lab/measure', folder, `${name}.jsonl`)),
  )
  const given = [...(target.seeds ?? []), ...kept, new Uint8Array(0)]
  if (vectors === undefined || target.vectors === undefined) return given
  return [...given, ...readVectorInputs(vectors, target.vectors)]
}
