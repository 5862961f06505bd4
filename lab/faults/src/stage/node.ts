import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { NodeConfig, NodeOrder } from './node.process.ts'

/** Milliseconds of a start. What is neither on a processor nor waits for one waits for files and stores. */
export interface StartTimes {
  /** From the beginning of the process until it listens. */
  readonly all: number
  readonly onProcessor: number
  readonly waitedForProcessor: number
}

/** A running service. */
export interface ServiceNode {
  readonly url: string
  /** What its start took. */
  readonly started: StartTimes
  /** What it logged, the last of it. */
  log(): string
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
  /** SIGSTOP. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** Sets its system's clock. @param offset milliseconds from the right time */
  setClock(offset: number): Promise<void>
  /** Removes all garbage from its heap. */
  collect(): Promise<void>
  /** Resident size in MB (Linux). */
  resident(): number
  /** Seconds of processor that its process has used (Linux). */
  cpuSeconds(): number
  /** Whether its process is there. */
  isAlive(): boolean
}

/** The service of this version. */
export const nodeProgram: string = new URL('./node.process.js', import.meta.url).pathname

/** @param program what runs it, where that is not this version */
export async function startNode(config: NodeConfig, program: string = nodeProgram): Promise<ServiceNode> {
  const began = performance.now()
  const child = fork(program, [JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const kept = keepLog(child)
  const exited = once(child, 'exit')
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (!isAlive()) return
    child.kill(signal)
    await exited
  }
  const ended = exited.then(() => {
    throw new Error(`the service ended: ${kept()}`)
  })
  ended.catch(() => undefined)
  const [{ url }] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string }]
  const order = async (given: NodeOrder) => {
    const done = once(child, 'message')
    child.send(given)
    await Promise.race([done, ended])
  }
  const started = { all: performance.now() - began, ...scheduled(child.pid as number) }
  return {
    url,
    started,
    log: kept,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    setClock: (clockOffset) => order({ clockOffset }),
    collect: () => order('collect'),
    resident: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    cpuSeconds() {
      // After the name, which may have spaces, in clock ticks of a hundredth of a second (proc_pid_stat(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    isAlive,
  }
}

/** Times of the main thread so far (Linux): nanoseconds on a processor, and waiting for one. */
function scheduled(pid: number): Omit<StartTimes, 'all'> {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number)
  return { onProcessor: ran / 1e6, waitedForProcessor: waited / 1e6 }
}

const mostLog = 64 * 1024

function keepLog(child: ChildProcess): () => string {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-mostLog)))
  return () => said
}
