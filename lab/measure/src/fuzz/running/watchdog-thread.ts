import { writeFileSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { watchedHeader, type WatchSettings } from './watchdog.ts'

const { memory, limit, file } = workerData as WatchSettings
const header = new Int32Array(memory, 0, 2)

/** Wall-clock limit: an input that waits forever uses no processor time. */
const longestWait = 60_000

let watched = 0
let cpuSince = 0
let since = 0

setInterval(() => {
  const number = Atomics.load(header, 0)
  // Processor time, so that a busy machine does not count as a hang.
  const { user, system } = process.cpuUsage()
  const cpu = (user + system) / 1000
  const now = performance.now()
  if (number === 0 || number !== watched) {
    watched = number
    cpuSince = cpu
    since = now
  } else if (cpu - cpuSince > limit || now - since > longestWait) {
    writeFileSync(file, new Uint8Array(memory, watchedHeader, header[1]))
    process.kill(process.pid, 'SIGKILL')
  }
}, limit / 10)
