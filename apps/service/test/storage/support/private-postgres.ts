import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A PostgreSQL server for one test file: its files in a temporary folder, reached by a socket in there. */
export interface PrivatePostgres {
  connectionString(database: string): string
  /** Stops all of its processes where they are: it accepts connections and answers nothing. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

const debianRoot = '/usr/lib/postgresql'

/** The folder of the newest server that Debian's packages have installed. */
export function findPostgres(): string | undefined {
  if (!existsSync(debianRoot)) return undefined
  const versions = readdirSync(debianRoot).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => path.join(debianRoot, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'postgres')) && existsSync(path.join(bin, 'initdb')))
}

export async function startPostgres(bin: string): Promise<PrivatePostgres> {
  // Not under TMPDIR of a long path: a socket's path has at most 107 characters.
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-pg-'))
  const data = path.join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? postgresUser() : {}
  if (user.uid !== undefined && user.gid !== undefined) {
    chmodSync(folder, 0o755)
    for (const place of [folder, data]) chownSync(place, user.uid, user.gid)
  }
  const options = { ...user, cwd: folder, env: { ...process.env, HOME: folder } }
  const setUp = ['-D', data, '-U', 'assay', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']
  execFileSync(path.join(bin, 'initdb'), setUp, { ...options, stdio: 'ignore' })
  const settings = ['listen_addresses=', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const stopped = once(server, 'exit')
  await untilReady(server.stderr)
  return {
    connectionString: (database) => `postgresql://assay@${encodeURIComponent(folder)}/${database}`,
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    async stop() {
      server.kill('SIGINT')
      await stopped
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The server first when it stops, and last when it goes on: it begins and buries the processes that serve its
 * connections, so that none comes while they are counted.
 */
function signalAll(server: number | undefined, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (signal === 'SIGSTOP') process.kill(Number(server), signal)
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server)], { encoding: 'utf8' })
  for (const pid of children.match(/\d+/g) ?? []) process.kill(Number(pid), signal)
  if (signal === 'SIGCONT') process.kill(Number(server), signal)
}

function postgresUser(): { uid?: number; gid?: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function untilReady(stderr: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    lines.push(line)
    if (line.includes('ready to accept connections')) {
      stderr.resume()
      return
    }
  }
  throw new Error(`PostgreSQL did not start: ${lines.join('\n')}`)
}
