import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createRollout } from '@assay/guard'
import { attestedFields, authRequestListener, createNodeGuard, waivedField } from '@assay/guard/node'
import { freePort } from '@assay/testkit'
import { app, audience, createWorld, issuer, now, path as route, type World } from '../core/foreign-world.ts'
import { NotRun, type CaseResult, type Subject } from '../subject/subject.ts'

/** A real nginx asks the guard about each request, as the guide about gateways shows. */
export const nginxSubject: Subject = {
  id: 'gateway:nginx',
  async run() {
    await promisify(execFile)('nginx', ['-v']).catch(() => {
      throw new NotRun('there is no nginx on this machine')
    })
    const world = await createWorld()
    const seen: Fields[] = []
    const api = await listen((request, response) => {
      seen.push(assayFieldsOf(request))
      response.end('served')
    })
    let share = 1
    const rollout = createRollout({ share: () => share, secret: new Uint8Array(32) })
    const guard = createNodeGuard({
      issuer,
      audience,
      jwks: world.jwks as Parameters<typeof createNodeGuard>[0]['jwks'],
      mode: 'bound',
      apps: [app],
      tiers: ['affirming'],
      clock: () => now * 1000,
    })
    const asked = await listen(authRequestListener(guard, { plain: true, rollout }))
    const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-nginx-'))
    const nginx = await startNginx(folder, portOf(api), portOf(asked))
    try {
      const enforced = await runCases(world, nginx.port, seen)
      share = 0
      return [...enforced, await runWaived(nginx.port, seen)]
    } finally {
      await nginx.stop()
      for (const server of [api, asked]) {
        server.closeAllConnections()
        server.close()
      }
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function runCases(world: World, port: number, seen: Fields[]): Promise<CaseResult[]> {
  const get = async (claims: object = {}) => world.proof({ htm: 'GET', ...claims })
  const attested = async (more: Record<string, string> = {}) => ({
    'OAuth-Client-Attestation': await world.token(),
    DPoP: await get(),
    ...more,
  })
  const again = await attested()
  const low = await world.token({ ear_status: 'warning' })
  const tries: [string, number, Record<string, string>, string?][] = [
    ['a token and a proof', 200, again],
    ['the same once more', 401, again],
    ['a query, which no proof covers', 200, await attested(), `${route}?page=2`],
    ['no token', 401, {}],
    ['a tier that is not accepted', 403, { ...(await attested()), 'OAuth-Client-Attestation': low }],
    ['fields that are too large', 403, await attested({ DPoP: 'x'.repeat(6500) })],
    ['a proof for another path', 401, await attested({ DPoP: await get({ htu: `${audience}/v1/other` }) })],
    ['what a caller says of the question', 401, { 'X-Original-URI': '/open', 'X-Original-Method': 'GET' }],
    ['fields that the caller forges', 200, await attested(forged)],
  ]
  const results: CaseResult[] = []
  for (const [name, expected, headers, target = route] of tries) {
    const response = await fetch(`http://127.0.0.1:${port}${target}`, { headers })
    const fault = response.status === expected ? undefined : `${response.status} in the place of ${expected}`
    results.push({ name, fault })
    await response.arrayBuffer()
    if (name === 'no token')
      results.push({
        name: 'a challenge with the 401',
        fault: response.headers.get('www-authenticate') === null ? 'there is none' : undefined,
      })
  }
  const expected = JSON.stringify(
    Object.values(attestedFields)
      .map((name) => name.toLowerCase())
      .sort(),
  )
  const faults = seen.filter(
    (fields) =>
      JSON.stringify(Object.keys(fields).sort()) !== expected ||
      fields['assay-app'] !== app ||
      Object.values(fields).includes(forgery),
  )
  results.push({
    name: 'the API learns of the app from the guard alone',
    fault: faults.length === 0 && seen.length === 3 ? undefined : `it saw ${JSON.stringify(seen)}`,
  })
  return results
}

/** A rollout lets the request through without the caller's own statements, and the guard says why. */
async function runWaived(port: number, seen: Fields[]): Promise<CaseResult> {
  const response = await fetch(`http://127.0.0.1:${port}${route}`, { headers: forged })
  await response.arrayBuffer()
  const fields = seen.at(-1) ?? {}
  const names = Object.keys(fields)
  const isClean =
    names.length === 1 && names[0] === waivedField.toLowerCase() && !Object.values(fields).includes(forgery)
  return {
    name: 'forged fields without a token, under a rollout',
    fault:
      response.status === 200 && isClean ? undefined : `${response.status}, it saw ${JSON.stringify(fields)}`,
  }
}

type Fields = Record<string, string>

const forgery = 'forged'
/** Every field that the API may believe, as a caller would forge it. */
const forged = Object.fromEntries(
  [...Object.values(attestedFields), waivedField].map((name) => [name, forgery]),
)

function assayFieldsOf({ headers }: IncomingMessage): Fields {
  const ours = Object.entries(headers).filter(([name]) => name.startsWith('assay-'))
  return Object.fromEntries(ours.map(([name, value]) => [name, String(value)]))
}

async function startNginx(folder: string, api: number, guard: number) {
  const port = await freePort()
  const sample = (await guideSample())
    .replace('http://api;', `http://127.0.0.1:${api};`)
    .replace('http://127.0.0.1:8788;', `http://127.0.0.1:${guard};`)
  const inside = (name: string) => path.join(folder, name)
  const configuration = `
daemon off;
pid ${inside('pid')};
error_log stderr;
events {}
http {
  access_log off;
  large_client_header_buffers 8 16k;
  client_body_temp_path ${inside('body')};
  proxy_temp_path ${inside('proxy')};
  fastcgi_temp_path ${inside('fastcgi')};
  uwsgi_temp_path ${inside('uwsgi')};
  scgi_temp_path ${inside('scgi')};
  server {
    listen 127.0.0.1:${port};
${sample}
  }
}
`
  await writeFile(inside('nginx.conf'), configuration)
  const child = spawn('nginx', ['-p', folder, '-c', inside('nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await answers(port, () => child.exitCode !== null).catch(() => {
    throw new Error(`nginx does not start: ${said.slice(-400)}`)
  })
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The guide's lines for the server block, tested exactly as written there. */
async function guideSample(): Promise<string> {
  const guide = await readFile(
    path.resolve(import.meta.dirname, '../../../../docs/guides/gateways.md'),
    'utf8',
  )
  const sample = /^nginx:\n\n((?: {4}.*\n)+)/m.exec(guide)?.[1]
  if (sample === undefined) throw new Error('docs/guides/gateways.md has no sample for nginx')
  return sample
}

async function answers(port: number, hasEnded: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !hasEnded(); i++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nobody answers')
}

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
