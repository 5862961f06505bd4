import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { authRequestListener, createNodeGuard } from '@assay/guard/node'
import { app, audience, createWorld, issuer, now, path as route, type World } from '../core/foreign-world.ts'
import { NotRun, type CaseResult, type Subject } from '../subject.ts'

/** A real nginx asks the guard about each request, as the guide about gateways shows. */
export const nginxSubject: Subject = {
  id: 'gateway:nginx',
  async run() {
    await promisify(execFile)('nginx', ['-v']).catch(() => {
      throw new NotRun('there is no nginx on this machine')
    })
    const world = await createWorld()
    const seen: string[] = []
    const api = await listen((request, response) => {
      seen.push(String(request.headers['assay-app']))
      response.end('served')
    })
    const guard = createNodeGuard({
      issuer,
      audience,
      jwks: world.jwks as Parameters<typeof createNodeGuard>[0]['jwks'],
      mode: 'bound',
      apps: [app],
      tiers: ['affirming'],
      clock: () => now * 1000,
    })
    const asked = await listen(authRequestListener(guard, { plain: true }))
    const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-nginx-'))
    const nginx = await startNginx(folder, portOf(api), portOf(asked))
    try {
      return await runCases(world, nginx.port, seen)
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

async function runCases(world: World, port: number, seen: string[]): Promise<CaseResult[]> {
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
    ['a tier that is not admitted', 403, { ...(await attested()), 'OAuth-Client-Attestation': low }],
    ['fields that are too large', 403, await attested({ DPoP: 'x'.repeat(6500) })],
    ['a proof for another path', 401, await attested({ DPoP: await get({ htu: `${audience}/v1/other` }) })],
    ['what a caller says of the question', 401, { 'X-Original-URI': '/open', 'X-Original-Method': 'GET' }],
    ['an app that the caller names', 200, await attested({ 'Assay-App': 'com.example.other' })],
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
  const others = seen.filter((each) => each !== app)
  results.push({
    name: 'the API learns of the app from the guard alone',
    fault: others.length === 0 && seen.length === 3 ? undefined : `it saw ${seen.join(', ')}`,
  })
  return results
}

async function startNginx(folder: string, api: number, guard: number) {
  const port = await freePort()
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
    location /v1/ {
      auth_request /assay;
      auth_request_set $assay_app $upstream_http_assay_app;
      proxy_set_header Assay-App $assay_app;
      proxy_pass http://127.0.0.1:${api};
    }
    location = /assay {
      internal;
      proxy_pass http://127.0.0.1:${guard};
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URI $request_uri;
    }
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

async function freePort(): Promise<number> {
  const server = await listen(() => undefined)
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
