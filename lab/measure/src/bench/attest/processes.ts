import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cpuOfProcess } from '@assay/testkit'
import { asShipped } from './as-shipped.ts'

/** A server in a separate process, whose CPU time is measured. */
export interface MeasuredProcess {
  /** Its message when it was ready. */
  ready: Record<string, string>
  /** CPU time of all its threads so far, in microseconds (Linux). */
  cpu(): number
  /** Resident size, in MB (Linux). */
  resident(): number
  stop(): Promise<void>
}

/**
 * Runs `script` of this folder, with the memory setting of the unit; its first line on standard output is JSON and says that it is
 * ready.
 */
export async function startProcess(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<MeasuredProcess> {
  const file = new URL(`./${script}.js`, import.meta.url).pathname
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...asShipped, ...env },
  })
  const exited = once(child, 'exit')
  let said = ''
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('\n')) resolve(said.slice(0, said.indexOf('\n')))
    })
    void exited.then(() => reject(new Error(`${script} ended before it was ready`)))
  })
  const ready = JSON.parse(await line) as Record<string, string>
  return {
    ready,
    cpu: () => cpuOfProcess(child.pid as number),
    resident: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
