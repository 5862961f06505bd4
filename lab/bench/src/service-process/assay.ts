import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The built CLI: it is measured as an operator runs it, in a process of its own. */
const cli = fileURLToPath(import.meta.resolve('@assay/cli')).replace(/index\.js$/, 'main.js')

/** Prints the peak resident size of the process, in KiB, on descriptor 3 when it ends. */
const reportPeak = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))",
)}`

export interface Finished {
  stdout: string
  stderr: string
  milliseconds: number
  /** Peak resident size in MB. */
  peak: number
}

/** Runs one command of the CLI to its end. @throws Error with its messages when it fails. */
export async function assay(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', reportPeak, cli, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const collected = [1, 2, 3].map((descriptor) => collect(child, descriptor))
  const [status] = (await once(child, 'close')) as [number]
  const milliseconds = performance.now() - started
  const [stdout, stderr, peak] = await Promise.all(collected)
  if (status !== 0) throw new Error(`assay ${args[0] ?? ''} failed: ${stderr ?? ''}`)
  return { stdout: stdout ?? '', stderr: stderr ?? '', milliseconds, peak: Number(peak) / 1024 }
}

async function collect(child: ChildProcess, descriptor: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of child.stdio[descriptor] as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export interface ServiceProcess {
  url: string
  /** Resident size in MB, as the kernel counts it. */
  resident(): number
  stop(): Promise<void>
}

/** `assay serve` on a free port of loopback. */
export async function serve(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--log-level', 'error'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await readyUrl(child)
  return {
    url,
    resident: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'close')
    },
  }
}

async function readyUrl(child: ChildProcess): Promise<string> {
  let said = ''
  for await (const chunk of child.stderr as AsyncIterable<Buffer>) {
    said += chunk.toString()
    const url = /Attestation service at (\S+?)\. /.exec(said)?.[1]
    if (url !== undefined) {
      child.stderr?.resume()
      return url
    }
  }
  throw new Error(`the service did not start: ${said}`)
}
