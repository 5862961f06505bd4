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

/** Spreads requests in turn over the nodes that are ready. @param nodes their URLs */
export function startHaproxy(port: number, nodes: readonly string[]): Promise<Haproxy> {
  return start(`global
  maxconn 8192
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 15s
  timeout queue 2s
  option redispatch
  option forwardfor
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
`)
}

/** Leads to the server that reports that it accepts writes. @param servers ports of Valkey servers */
export function startValkeySwitch(port: number, servers: readonly number[]): Promise<Haproxy> {
  return start(`defaults
  mode tcp
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 500ms
frontend valkey
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance first
  option tcp-check
  tcp-check connect
  tcp-check send "INFO replication\\r\\n"
  tcp-check expect string role:master
  default-server check inter 200ms fall 1 rise 1 on-marked-down shutdown-sessions
${servers.map((server, i) => `  server valkey${i} 127.0.0.1:${server}`).join('\n')}
`)
}

async function start(config: string): Promise<Haproxy> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-haproxy-'))
  const file = path.join(folder, 'haproxy.cfg')
  await writeFile(file, config)
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
