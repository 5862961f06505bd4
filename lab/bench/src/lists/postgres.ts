import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

const settings = '-c listen_addresses= -c fsync=off'

/** A PostgreSQL server for one run, reached by a socket in a folder of its own; `undefined` where none is installed. */
export async function startPostgres() {
  const bin = programs()
  if (bin === undefined) return undefined
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-pg-'))
  const data = path.join(folder, 'data')
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined
  await mkdir(data, { recursive: true, mode: 0o700 })
  // The server refuses to run as root.
  if (user !== undefined) {
    await chmod(folder, 0o755)
    for (const place of [folder, data]) await chown(place, user.uid, user.gid)
  }
  const run = (program: string, ...args: string[]) =>
    execFileSync(path.join(bin, program), args, { ...user, cwd: folder, stdio: 'ignore' })
  run('initdb', '-D', data, '-U', 'assay', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8')
  run('pg_ctl', '-D', data, '-w', '-l', path.join(folder, 'log'), '-o', `${settings} -k ${folder}`, 'start')
  const connectionString = `postgresql://assay@${encodeURIComponent(folder)}/postgres`
  return {
    connectionString,
    execute(statement: string): void {
      execFileSync(path.join(bin, 'psql'), ['-qX', '-v', 'ON_ERROR_STOP=1', connectionString], {
        input: statement,
      })
    },
    async stop(): Promise<void> {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Folder of the programs, by `pg_config` or where a link to `initdb` leads. */
function programs(): string | undefined {
  try {
    const initdb = execFileSync(
      'sh',
      ['-c', 'readlink -f "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb)"'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim()
    return initdb === '' ? undefined : path.dirname(initdb)
  } catch {
    return undefined
  }
}

function idOf(flag: string): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
