import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { cpuOfProcess } from '../service/process-cpu.ts'

/** A gateway that runs as `deploy/gateways` configures it. */
export interface RunningGateway {
  readonly port: number
  /** CPU time of all its processes so far, in microseconds (Linux). */
  cpu(): number
  stop(): Promise<void>
}

/** Where a gateway listens and whom it asks; everything is on this machine. */
export interface Places {
  /** Empty, and only for this gateway. */
  readonly folder: string
  readonly port: number
  readonly api: number
  /** Path of the guard's Unix socket. */
  readonly guard: string
  /** Whether the API does not get the token: the lines for it are in the files, behind `#`. Default: it gets it. */
  readonly hidesToken?: boolean
  /** Origin of pages that may read what the gateway answers by itself. Default: that of the files. */
  readonly page?: string
  /** Whether what asks the guard fails once it has the answer, at gateways with `canFail`. */
  readonly fails?: boolean
}

/**
 * A file of `deploy/gateways` with the changes that its comment asks for: places, and no TLS.
 *
 * @throws Error if a text to change is not in it: the file must be tested as it is
 */
export async function adapted(
  file: string,
  changes: readonly (readonly [string, string])[],
): Promise<string> {
  const folder = path.resolve(import.meta.dirname, '../../../../deploy/gateways')
  let text = await readFile(path.join(folder, file), 'utf8')
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/gateways/${file} does not say ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** Writes the files, starts the program, and waits until something listens. */
export async function startGateway(
  [program = '', ...args]: readonly string[],
  { folder, port }: Places,
  files: Readonly<Record<string, string>>,
): Promise<RunningGateway> {
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  const env = { PATH: process.env['PATH'], HOME: folder }
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await answers(port, () => child.exitCode !== null).catch(async () => {
    child.kill('SIGKILL')
    await ended
    throw new Error(`${program} does not start: ${said.slice(-600)}`)
  })
  return {
    port,
    cpu: () => familyOf(child.pid as number).reduce((sum, pid) => sum + cpuOfProcess(pid), 0),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** A process and its children. */
function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))]
}

async function answers(port: number, hasEnded: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !hasEnded(); i++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nobody answers')
}
