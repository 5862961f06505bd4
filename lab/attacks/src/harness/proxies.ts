import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '@assay/testkit'
import type { Proxies, Side } from '../world/world.ts'
import { refused, served, type Outcome } from '../world/outcome.ts'

const deploy = path.resolve(import.meta.dirname, '../../../../deploy')

/** Each side asks from an address of its own: `deploy/` names the network of the operators, and here it is this one. */
const operators = '127.77.0.0/16'
const addresses: Record<Side, string> = { outside: '127.0.0.1', inside: '127.77.0.1' }

const kinds = {
  haproxy: {
    program: '/usr/sbin/haproxy',
    file: 'haproxy/haproxy.cfg',
    run: (file: string) => ['-db', '-f', file],
    settle: (text: string, port: number, node: string, _folder: string) =>
      replaced(text, [
        [/bind :443 ssl .*/, `bind 127.0.0.1:${port}`],
        [/( {4}server node\d .*\n)+/g, `    server node ${node}\n`],
      ]),
  },
  nginx: {
    program: '/usr/sbin/nginx',
    file: 'nginx/assay.conf',
    run: (file: string) => ['-c', file, '-g', 'daemon off;'],
    settle: (text: string, port: number, node: string, folder: string) => {
      const server = replaced(text, [
        [/listen 443 ssl;/, `listen 127.0.0.1:${port};`],
        [/ {4}ssl_certificate\w* .*\n/g, ''],
        [/( {4}server 10\..*\n)+/g, `    server ${node};\n`],
      ])
      return `pid ${folder}/pid;\nerror_log stderr emerg;\nevents {}\nhttp {\naccess_log off;\nclient_body_temp_path ${folder}/body;\n${server}}\n`
    },
  },
}

/** Starts every proxy of `deploy/` before a service, as it is configured there. @param service its URL */
export async function startProxies(service: string): Promise<Proxies> {
  const started = await Promise.all(Object.values(kinds).map((kind) => start(kind, new URL(service).host)))
  return {
    ask: async (side, target, key) =>
      Promise.all(started.map(({ port }) => outcomeAt(port, addresses[side], target, key))),
    stop: async () => void (await Promise.all(started.map((each) => each.stop()))),
  }
}

type Kind = (typeof kinds)[keyof typeof kinds]

async function start({ program, file, run, settle }: Kind, node: string) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-proxy-'))
  const port = await freePort()
  const text = (await readFile(path.join(deploy, file), 'utf8')).replaceAll('127.0.0.0/8', operators)
  const config = path.join(folder, 'config')
  await writeFile(config, settle(text, port, node, folder))
  const child = spawn(program, run(config), { stdio: 'ignore' })
  const exited = once(child, 'exit')
  while ((await statusAt(port, '/livez')) !== 200) {
    if (child.exitCode !== null) throw new Error(`${program} has ended`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What is asked gets through if the service answers, whatever it says: the route has been reached. */
async function outcomeAt(port: number, from: string, target: string, key: string): Promise<Outcome> {
  const { status, isOfService } = await ask(port, from, target, { authorization: `Bearer ${key}` })
  return isOfService ? served(status) : refused(status, `HTTP_${status}`)
}

const statusAt = (port: number, target: string) =>
  ask(port, addresses.outside, target, {}).then(
    ({ status }) => status,
    () => 0,
  )

/** `path` is sent as it is: a URL would be tidied. */
function ask(port: number, localAddress: string, target: string, headers: Record<string, string>) {
  return new Promise<{ status: number; isOfService: boolean }>((resolve, reject) => {
    const given = { host: '127.0.0.1', port, localAddress, path: target, headers, agent: false }
    const request = http.get(given, (response) => {
      response.resume()
      resolve({
        status: response.statusCode ?? 0,
        isOfService: response.headers['assay-trace'] !== undefined,
      })
    })
    request.on('error', reject)
  })
}

function replaced(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    const next = changed.replace(from, to)
    if (next === changed) throw new Error(`deploy has no ${String(from)}`)
    return next
  }, text)
}
