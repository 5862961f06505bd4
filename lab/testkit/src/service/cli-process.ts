import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { cpuOfProcess } from './process-cpu.ts'

type Environment = Readonly<Record<string, string>>

/** One finished command. */
export interface FinishedCommand {
  status: number
  stdout: string
  stderr: string
  milliseconds: number
}

/** `assay serve` in a separate process. */
export interface ServiceProcess {
  url: string
  /** Resident size in MB, as the kernel counts it (Linux). */
  resident(): number
  /** CPU time of all its threads so far, in microseconds (Linux). */
  cpu(): number
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
}

/** `assay guard proxy` in a separate process. */
export interface ProxyProcess {
  url: string
  /** The end of what it has said. */
  log(): string
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
}

/** The built CLI, run as an operator runs it: a process per command. */
export interface CliProcess {
  run(args: readonly string[], env: Environment): Promise<FinishedCommand>
  /** As `run`. @throws Error with the command's messages unless it exits with 0. */
  succeed(args: readonly string[], env: Environment): Promise<FinishedCommand>
  /** Peak resident size, in MB, of a process that runs the command. @throws Error unless it exits with 0. */
  peakOf(args: readonly string[], env: Environment): Promise<number>
  serve(env: Environment, args?: readonly string[]): Promise<ServiceProcess>
  proxy(env: Environment, args: readonly string[]): Promise<ProxyProcess>
}

/** Prints the peak resident size of the process, in KiB, on descriptor 3 when it ends. */
const reportPeak = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))",
)}`

/** The CLI as it is installed, from the last build. */
const script = path.resolve(import.meta.dirname, '../../../../apps/cli/bin/assay.js')

/** @param node the Node that runs it; default: that of this process */
export function createCliProcess(node: string = process.execPath): CliProcess {
  const run = (args: readonly string[], env: Environment) => runCommand(node, [script, ...args], env)
  return {
    run,
    succeed: async (args, env) => {
      const finished = await run(args, env)
      if (finished.status !== 0)
        throw new Error(`assay ${args.slice(0, 2).join(' ')} failed: ${finished.stderr}`)
      return finished
    },
    peakOf: async (args, env) => {
      const finished = await runCommand(node, ['--import', reportPeak, script, ...args], env)
      if (finished.status !== 0)
        throw new Error(`assay ${args.slice(0, 2).join(' ')} failed: ${finished.stderr}`)
      return Number(finished.reported) / 1024
    },
    serve: (env, args = []) => startService(node, env, args),
    proxy: (env, args) => startProxy(node, env, args),
  }
}

async function runCommand(
  node: string,
  args: readonly string[],
  env: Environment,
): Promise<FinishedCommand & { reported: string }> {
  const started = performance.now()
  const child = spawn(node, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const collected = Promise.all([collect(child, 1), collect(child, 2), collect(child, 3)])
  const [status] = (await once(child, 'close')) as [number | null]
  const milliseconds = performance.now() - started
  const [stdout, stderr, reported] = await collected
  return { status: status ?? 1, stdout, stderr, milliseconds, reported }
}

async function collect(child: ChildProcess, descriptor: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of child.stdio[descriptor] as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function startService(
  node: string,
  env: Environment,
  args: readonly string[],
): Promise<ServiceProcess> {
  const words = ['serve', '--port', '0', '--log-level', 'error', ...args]
  const { child, url } = await listening(node, env, words, /Attestation service at (\S+?)\. /)
  return {
    url,
    resident: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    cpu: () => cpuOfProcess(child.pid as number),
    stop: () => end(child, 'SIGTERM'),
  }
}

async function startProxy(node: string, env: Environment, args: readonly string[]): Promise<ProxyProcess> {
  const words = ['guard', 'proxy', '--port', '0', ...args]
  const { child, url, log } = await listening(node, env, words, /Proxy at (\S+?)\. /)
  return { url, log, kill: () => end(child, 'SIGKILL') }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
}

/** Resolves at the line that names the address; of standard error the end is kept. */
async function listening(
  node: string,
  env: Environment,
  words: readonly string[],
  ready: RegExp,
): Promise<{ child: ChildProcess; url: string; log: () => string }> {
  const child = spawn(node, [script, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4096)
      const url = ready.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('close', () => reject(new Error(`assay ${words[0]} did not start: ${said}`)))
    child.once('error', reject)
  })
  return { child, url, log: () => said }
}
