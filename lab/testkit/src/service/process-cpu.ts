import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time of all threads of a process so far, in microseconds (Linux). First field of `schedstat`: nanoseconds on a CPU.
 */
export function cpuOfProcess(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`)
    .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
    .reduce((sum, text) => sum + Number(text.split(' ')[0]), 0)
  return nanoseconds / 1000
}
