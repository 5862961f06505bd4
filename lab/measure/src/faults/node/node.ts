import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { NodeConfig, NodeOrder } from './node.process.ts'

/** Milliseconds of a start. Time neither on a processor nor waiting for one is spent on files and stores. */
export interface StartTimes {
  /** From the start of the process until it listens. */
  readonly all: number
  readonly onProcessor: number
  readonly waitedForProcessor: number
}

/** A running service. */
export interface ServiceNode {
  readonly url: string
  /** Times of its start. */
  readonly started: StartTimes
  /** The end of its log. */
  log(): string
  /** Sends SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** Sends SIGTERM, and waits for the end. */
  stop(): Promise<void>
  /** Sends SIGSTOP. */
  freeze(): void
  /** Sends SIGCONT. */
  thaw(): void
  /** Sets its system clock. @param offset milliseconds from the right time */
  setClock(offset: number): Promise<void>
  /** Removes all garbage from its heap. */
  collect(): Promise<void>
  /** Resident size in MB (Linux). */
  resident(): number
  /** CPU time of its process in seconds (Linux). */
  cpuSeconds(): number
  /** Whether its process is running. */
  isAlive(): boolean
}

/** The program that runs this version of the service. */
export const nodeProgram: string = new URL('./node.process.js', import.meta.url).pathname

/** @param program runs the service; default: this version */
export async function startNode(config: NodeConfig, program: string = nodeProgram): Promise<ServiceNode> {
  const began = performance.now()
  const child = fork(program, [JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...process.execArgv, '--expose-gc'],
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
      // The times follow the name, which may have spaces. One tick is a hundredth of a second (proc_pid_stat(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    isAlive,
  }
}

/** Times of the main thread so far (Linux): nanoseconds on a processor, and nanoseconds waiting for one. */
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
