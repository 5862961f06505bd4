import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

const program = '/usr/sbin/haproxy'

/** Whether Debian's package is installed. */
export const hasHaproxy = (): boolean => existsSync(program)

export interface Haproxy {
  stop(): Promise<void>
}

/** Spreads requests over nodes that say that they are ready, in turn. */
export async function startHaproxy(port: number, nodes: readonly string[]): Promise<Haproxy> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-haproxy-'))
  const file = path.join(folder, 'haproxy.cfg')
  await writeFile(
    file,
    `global
  maxconn 8192
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 15s
  option redispatch
  retries 3
  retry-on conn-failure
frontend service
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 500ms fall 2 rise 1
${nodes.map((url, i) => `  server node${i} ${new URL(url).host}`).join('\n')}
`,
  )
  const child = spawn(program, ['-db', '-f', file], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}
