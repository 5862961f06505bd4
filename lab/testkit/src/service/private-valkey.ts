import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const program = '/usr/bin/valkey-server'

/** Whether Debian's package is installed. */
export const hasValkey = (): boolean => existsSync(program)

export interface ValkeySettings {
  /** Default: any free one. */
  port?: number
  /** Default: `127.0.0.1`. */
  host?: string
  /** Settings as on the command line, such as `--appendonly yes`. */
  settings?: readonly string[]
  /** Whether it is a cluster of one, which has all slots: a call over several slots is refused. */
  cluster?: boolean
}

/** A Valkey server with its files in a temporary folder. */
export interface PrivateValkey {
  readonly port: number
  readonly url: string
  /** Where its files lie. */
  readonly folder: string
  /** Path of its socket, for whoever stands between it and its clients. */
  readonly socket: string
  /** What the server answers to one command, as text. */
  command(...words: string[]): Promise<string>
  /** As `kill -9`. */
  kill(): Promise<void>
  /** Starts it again on its files and port. */
  start(): Promise<void>
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** Starts a server of its own, which keeps nothing on disk unless its settings say so. */
export async function startValkey({
  port,
  host = '127.0.0.1',
  settings = [],
  cluster = false,
}: ValkeySettings = {}): Promise<PrivateValkey> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-valkey-'))
  const listening = port ?? (await freePort())
  const socket = path.join(folder, 'socket')
  const words = [
    '--unixsocket',
    socket,
    '--port',
    String(listening),
    '--bind',
    host,
    '--dir',
    folder,
    '--save',
    '',
    '--logfile',
    'log',
  ]
  if (cluster) words.push('--cluster-enabled', 'yes')
  let server: ChildProcess | undefined
  const send = (...command: string[]) => sendCommand({ host, port: listening }, command)
  const until = async (isSo: (answer: string) => boolean, ...question: string[]) => {
    for (let attempt = 0; attempt < 500 && server?.exitCode === null; attempt += 1) {
      const answer = await send(...question).catch(() => '')
      if (isSo(answer)) return
      await wait(20)
    }
    throw new Error(`Valkey did not start: ${words.join(' ')}`)
  }
  let hasSlots = false
  const start = async () => {
    server = spawn(program, [...words, ...settings], { stdio: 'ignore' })
    await until((answer) => answer === '+PONG', 'PING')
    if (!cluster) return
    if (!hasSlots) await send('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    hasSlots = true
    await until((answer) => answer.includes('cluster_state:ok'), 'CLUSTER', 'INFO')
  }
  const end = async (signal: NodeJS.Signals) => {
    const ending = server
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = once(ending, 'exit')
    ending.kill(signal)
    await gone
  }
  await start()
  return {
    port: listening,
    url: `valkey://${host}:${listening}`,
    folder,
    socket,
    command: send,
    kill: () => end('SIGKILL'),
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async stop() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One command over a connection of its own; the answer as it comes, without its last line break. */
async function sendCommand(
  address: { host: string; port: number },
  words: readonly string[],
): Promise<string> {
  const socket = net.connect(address)
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer in time')))
  socket.end(
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
  )
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8').replace(/\r\n$/, '')
}
