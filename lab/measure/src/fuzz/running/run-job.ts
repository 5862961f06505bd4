import { fork } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Job, JobResult } from './job.ts'

export type JobOutcome =
  | { readonly kind: 'finished'; readonly result: JobResult }
  | { readonly kind: 'hang'; readonly input: Uint8Array }
  /** The process ended otherwise: out of memory, for example. */
  | { readonly kind: 'died'; readonly how: string }

/** Megabytes. A parser that needs more for inputs of at most 100 KB has a fault. */
const mostMemory = 512

/** Carries out a job in a separate process. */
export async function runJob(job: Job): Promise<JobOutcome> {
  mkdirSync(path.dirname(job.hangFile), { recursive: true })
  rmSync(job.hangFile, { force: true })
  const child = fork(new URL('./target-process.js', import.meta.url), {
    serialization: 'advanced',
    execArgv: ['--enable-source-maps', '--expose-gc', `--max-old-space-size=${mostMemory}`],
  })
  let result: JobResult | undefined
  child.on('message', (message) => (result = message as JobResult))
  child.send(job)
  const how = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`))
  })
  if (existsSync(job.hangFile)) return { kind: 'hang', input: readFileSync(job.hangFile) }
  return result === undefined ? { kind: 'died', how } : { kind: 'finished', result }
}
