import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** A PostgreSQL server for one run: its files in a temporary folder, reached by a socket in there. */
export interface PrivatePostgres {
  readonly connectionString: string
  /** Path of its socket, for whoever stands between it and its clients. */
  readonly socket: string
  execute(statement: string): void
  /** What one query answers, as `psql -At` writes it. */
  ask(query: string): string
  /** SIGKILL to all of its processes, as if the machine were gone, and waits for the end. */
  kill(): Promise<void>
  /** Starts it over the same files. */
  restart(): Promise<void>
  /** Stops all of its processes where they are: it accepts connections and answers nothing. */
  freeze(): void
  /** Lets them go on. Nothing happens if they were not stopped. */
  thaw(): void
  stop(): Promise<void>
}

const settings = ['listen_addresses=', 'fsync=off']

interface PostgresOptions {
  /** Where its tables lie, when not with the rest of its files; its log of changes (WAL) stays with the rest. */
  data?: string
}

/** `undefined` where no server is installed. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PrivatePostgres | undefined> {
  const bin = programs()
  if (bin === undefined) return undefined
  // A socket's path has at most 107 characters.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-pg-'))
  const data = options.data ?? path.join(folder, 'data')
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  await mkdir(data, { recursive: true, mode: 0o700 })
  // The server refuses to run as root.
  if (user.uid !== undefined) {
    await chmod(folder, 0o755)
    for (const place of [folder, data]) await chown(place, user.uid, user.gid)
  }
  const spawning = { ...user, cwd: folder, env: { ...process.env, HOME: folder } }
  const setUp = ['-D', data, '-U', 'assay', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']
  const log = options.data === undefined ? [] : ['-X', path.join(folder, 'wal')]
  execFileSync(path.join(bin, 'initdb'), [...setUp, ...log], { ...spawning, stdio: 'ignore' })
  const start = async (): Promise<ChildProcess> => {
    const args = ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])]
    const server = spawn(path.join(bin, 'postgres'), args, {
      ...spawning,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilReady(server)
    return server
  }
  let server = await start()
  let isFrozen = false
  const connectionString = `postgresql://assay@${encodeURIComponent(folder)}/postgres`
  const end = async (signal: 'SIGKILL' | 'SIGQUIT') => {
    isFrozen = false
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    if (signal === 'SIGKILL') signalAll(server, signal)
    else server.kill(signal)
    await exited
  }
  return {
    connectionString,
    socket: path.join(folder, '.s.PGSQL.5432'),
    execute(statement: string): void {
      execFileSync(path.join(bin, 'psql'), ['-qX', '-v', 'ON_ERROR_STOP=1', connectionString], {
        input: statement,
      })
    },
    ask: (query) =>
      execFileSync(path.join(bin, 'psql'), ['-qXAt', '-c', query, connectionString], {
        encoding: 'utf8',
      }).trim(),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGKILL')
      server = await start()
    },
    freeze() {
      signalAll(server, 'SIGSTOP')
      isFrozen = true
    },
    thaw() {
      // While the server runs, the process of a connection may end between being listed and being signalled.
      if (!isFrozen) return
      signalAll(server, 'SIGCONT')
      isFrozen = false
    },
    async stop() {
      await end('SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The server and the processes that serve its connections. It stops first, and goes on last: it begins and buries the
 * others, so that none comes while they are counted.
 */
function signalAll({ pid }: ChildProcess, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  const server = pid as number
  if (signal !== 'SIGCONT') process.kill(server, 'SIGSTOP')
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server)], { encoding: 'utf8' })
  for (const each of children.match(/\d+/g) ?? []) process.kill(Number(each), signal)
  if (signal !== 'SIGSTOP') process.kill(server, signal)
}

async function untilReady({ stderr }: ChildProcess): Promise<void> {
  const lines: string[] = []
  if (stderr === null) throw new Error('PostgreSQL was started without a log')
  for await (const line of createInterface({ input: stderr })) {
    lines.push(line)
    if (!line.includes('ready to accept connections')) continue
    stderr.resume()
    return
  }
  throw new Error(`PostgreSQL did not start: ${lines.join('\n')}`)
}

/** Folder of the programs, by `initdb` on the path or where Debian's packages have it. */
function programs(): string | undefined {
  try {
    const find = 'readlink -f "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb)"'
    const initdb = execFileSync('sh', ['-c', find], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return initdb.trim() === '' ? undefined : path.dirname(initdb.trim())
  } catch {
    return undefined
  }
}

function idOf(flag: string): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
