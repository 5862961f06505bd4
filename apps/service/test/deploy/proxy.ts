import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@assay/testkit'

const deploy = fileURLToPath(new URL('../../../../deploy/', import.meta.url))

export interface Answer {
  status: number
  headers: Readonly<Record<string, unknown>>
  text: string
}

export interface Proxy {
  ask(
    method: string,
    target: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
  stop(): Promise<void>
}

const servers = (hosts: readonly string[]) => hosts.map((host, i) => `    server node${i} ${host}\n`).join('')
const upstreams = (hosts: readonly string[]) =>
  hosts.map((host) => `    server ${host} max_fails=2 fail_timeout=2s;\n`).join('')

/** The program, and how the file of `deploy/` for it becomes one for a test: with ports, nodes and a certificate of its own. */
const programs = {
  haproxy: {
    bin: '/usr/sbin/haproxy',
    file: 'haproxy/haproxy.cfg',
    check: (file: string) => ['-c', '-q', '-f', file],
    run: (file: string) => ['-db', '-f', file],
    settle: (text: string, { port, nodes, operators, folder }: Place) =>
      replaceAll(text, [
        ['bind :443 ssl crt /etc/haproxy/certs/', `bind 127.0.0.1:${port} ssl crt ${folder}/pair.pem`],
        [/( {4}server node\d \S+:8787\n)+/, servers(nodes)],
        [/( {4}server node\d \S+:8789\n)+/, servers(operators)],
      ]),
  },
  // Behind a proxy that speaks https; here it speaks https itself, so that all are asked in one way.
  compose: {
    bin: '/usr/sbin/haproxy',
    file: 'compose/haproxy.cfg',
    check: (file: string) => ['-c', '-q', '-f', file],
    run: (file: string) => ['-db', '-f', file],
    settle: (text: string, { port, nodes, operators, folder }: Place) =>
      replaceAll(text, [
        ['bind :8080', `bind 127.0.0.1:${port} ssl crt ${folder}/pair.pem`],
        [/ {4}server-template .*:8787 .*\n/, servers(nodes)],
        [/ {4}server-template .*:8789 .*\n/, servers(operators)],
      ]),
  },
  nginx: {
    bin: '/usr/sbin/nginx',
    file: 'nginx/assay.conf',
    check: (file: string) => ['-t', '-q', '-c', file],
    run: (file: string) => ['-c', file, '-g', 'daemon off;'],
    settle: (text: string, { port, nodes, operators, folder }: Place) =>
      `pid ${folder}/pid;\nerror_log stderr error;\nevents {}\nhttp {\naccess_log off;\nclient_body_temp_path ${folder}/body;\n${replaceAll(
        text,
        [
          ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
          ['/etc/nginx/certs/attest.pem', `${folder}/pair.pem`],
          ['/etc/nginx/certs/attest.key', `${folder}/key.pem`],
          [/( {4}server \S+:8787 .*\n)+/, upstreams(nodes)],
          [/( {4}server \S+:8789 .*\n)+/, upstreams(operators)],
        ],
      )}\n}\n`,
  },
}

export type ProxyName = keyof typeof programs

interface Place {
  port: number
  nodes: readonly string[]
  operators: readonly string[]
  folder: string
}

export const isInstalled = (name: ProxyName): boolean => existsSync(programs[name].bin)

/**
 * Starts a proxy as `deploy/` configures it before nodes of the service.
 *
 * @param change of the file, before ports and nodes are filled in
 * @param operators where nodes listen for operators; default: where they listen for apps
 */
export async function startProxy(
  name: ProxyName,
  nodes: readonly string[],
  change: (text: string) => string = (text) => text,
  operators: readonly string[] = nodes,
): Promise<Proxy> {
  const { bin, file, check, run, settle } = programs[name]
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-proxy-'))
  makeCertificate(folder)
  const port = await freePort()
  const config = path.join(folder, 'config')
  writeFileSync(
    config,
    settle(change(readFileSync(path.join(deploy, file), 'utf8')), { port, nodes, operators, folder }),
  )
  execFileSync(bin, check(config), { stdio: ['ignore', 'ignore', 'inherit'] })
  // It tells of each node that is gone.
  const child = spawn(bin, run(config), { stdio: 'ignore' })
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(path.join(folder, 'certificate.pem')) })
  const ask: Proxy['ask'] = (method, target, options) => request({ agent, port, method, target, ...options })
  await untilItListens(ask)
  return {
    ask,
    async stop() {
      agent.destroy()
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Each must be there: a file of `deploy/` that changes must not leave its test behind. */
function replaceAll(text: string, changes: readonly [string | RegExp, string][]): string {
  return changes.reduce((changed, [from, to]) => {
    const next = changed.replace(from, to)
    if (next === changed) throw new Error(`the file has no ${String(from)}`)
    return next
  }, text)
}

function makeCertificate(folder: string): void {
  const at = (file: string) => path.join(folder, file)
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=attest.example.com', '-addext', 'subjectAltName=DNS:attest.example.com'],
      ...['-keyout', at('key.pem'), '-out', at('certificate.pem')],
    ],
    { stdio: 'ignore' },
  )
  writeFileSync(
    at('pair.pem'),
    readFileSync(at('certificate.pem'), 'utf8') + readFileSync(at('key.pem'), 'utf8'),
  )
}

interface ProxyRequest {
  agent: https.Agent
  port: number
  method: string
  target: string
  body?: unknown
  headers?: Record<string, string>
}

async function request({ agent, port, method, target, body, headers = {} }: ProxyRequest): Promise<Answer> {
  const sent = https.request({
    ...{ agent, port, method, path: target, host: '127.0.0.1', servername: 'attest.example.com' },
    headers: {
      host: 'attest.example.com',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

/** Until the proxy has found that the nodes are ready. */
async function untilItListens(ask: Proxy['ask']): Promise<void> {
  const until = Date.now() + 30_000
  for (;;) {
    const status = await ask('GET', '/livez').then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    if (Date.now() > until) throw new Error('the proxy has not come up')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.kill('SIGTERM')) return
  await once(child, 'exit')
}
