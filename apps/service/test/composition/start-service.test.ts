import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { createServer, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { freePort, newServiceAccount } from '@assay/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fixedBytes } from '@assay/testkit/fixed'
import { addAdminKey, initialise, startService, type ServiceConfig } from '../../src/index.ts'

let folder: string
let config: ServiceConfig

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-start-test-'))
  config = {
    dataFolder: folder,
    sealingKey: fixedBytes('sealing key', 32),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const refusal = (more: Partial<ServiceConfig> = {}) =>
  startService({ ...config, ...more }).then(
    async (service) => {
      await service.close()
      return 'started'
    },
    (error: { code?: string }) => error.code,
  )

it('makes the first admin key once', async () => {
  const made = await initialise(config)
  expect(made).toMatchObject({ scope: 'admin', secret: expect.stringMatching(/^assay_[A-Za-z0-9_-]{43}$/) })
  expect(await initialise(config)).toBeUndefined()
})

it('makes a new admin key for the holder of folder and sealing key, but not while the service runs', async () => {
  await expect(addAdminKey(config)).rejects.toMatchObject({ code: 'SERVICE_NO_ADMIN_KEY' })
  const first = await initialise(config)
  const another = await addAdminKey(config)
  expect(another).toMatchObject({ scope: 'admin', secret: expect.not.stringMatching(first?.secret ?? '') })
  await expect(
    addAdminKey({ ...config, sealingKey: fixedBytes('another sealing key', 32) }),
  ).rejects.toMatchObject({
    code: 'STORAGE_SEALING_KEY',
  })
  const service = await startService(config)
  await expect(addAdminKey(config)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  const headers = { authorization: `Bearer ${another.secret}` }
  expect((await fetch(`${service.url}/v1/keys`, { headers })).status).toBe(200)
  await service.close()
})

it('refuses to start if nobody could administer it, unless it is given the first admin key', async () => {
  expect(await refusal()).toBe('SERVICE_NO_ADMIN_KEY')
  const firstAdminKey = `assay_${fixedBytes('first admin key', 32).toString('base64url')}`
  const service = await startService({ ...config, firstAdminKey })
  const answer = await fetch(`${service.url}/v1/keys`, {
    headers: { authorization: `Bearer ${firstAdminKey}` },
  })
  expect(answer.status).toBe(200)
  await service.close()
  // Not a second one, once there is one.
  const second = await startService({
    ...config,
    firstAdminKey: `assay_${fixedBytes('first admin key', 32).toString('base64url')}`,
  })
  expect(
    (await fetch(`${second.url}/v1/keys`, { headers: { authorization: `Bearer ${firstAdminKey}` } })).status,
  ).toBe(200)
  await second.close()
})

it('refuses to start with another sealing key, twice in one folder, and on a port that is taken', async () => {
  await initialise(config)
  const service = await startService(config)
  expect(await refusal()).toBe('STORAGE_LOCKED')
  await service.close()
  expect(await refusal({ sealingKey: fixedBytes('another sealing key', 32) })).toBe('STORAGE_SEALING_KEY')
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  expect(await refusal({ port })).toBe('SERVICE_ADDRESS')
  other.close()
  expect(await refusal()).toBe('started')
})

it('serves nothing if the port of its metrics is taken', async () => {
  await initialise(config)
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const taken = (other.address() as { port: number }).port
  const port = await freePort()
  expect(await refusal({ port, metrics: { host: '127.0.0.1', port: taken } })).toBe('SERVICE_ADDRESS')
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed')
  other.close()
  expect(await refusal({ port })).toBe('started')
})

it('refuses to start with a file that is not a key of a Google service account, and does not quote the file', async () => {
  await initialise(config)
  const account = JSON.parse(newServiceAccount()) as Record<string, string>
  const files: Record<string, string> = {
    'empty.json': '',
    'passwd.json': 'root:x:0:0:root:/root:/bin/sh',
    'user.json': JSON.stringify({ ...account, type: 'authorized_user' }),
    'nobody.json': JSON.stringify({ ...account, client_email: undefined }),
    'no-key.json': JSON.stringify({ ...account, private_key: '-----BEGIN PRIVATE KEY-----\nc2VjcmV0' }),
    'long.json': JSON.stringify({ ...account, more: 'x'.repeat(40_000) }),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  for (const file of [
    folder,
    '/dev/zero',
    ...['none.json', ...Object.keys(files)].map((name) => path.join(folder, name)),
  ]) {
    const fault = await startService({ ...config, vendors: { googleCredentials: file } }).then(
      () => undefined,
      (error: { code?: string; message?: string; cause?: unknown }) => error,
    )
    expect([file, fault?.code]).toEqual([file, 'SERVICE_GOOGLE_CREDENTIALS'])
    expect(fault?.message).not.toMatch(/root|c2VjcmV0/)
    expect(fault?.cause).toBeUndefined()
  }
  const good = path.join(folder, 'good.json')
  await writeFile(good, JSON.stringify(account))
  expect(await refusal({ vendors: { googleCredentials: good } })).toBe('started')
})

it('stops after it has answered the requests under way, and accepts no new ones', async () => {
  const key = (await initialise(config))?.secret ?? ''
  const service = await startService(config)
  const late = request(`${service.url}/v1/apps`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  })
  late.write('{"id":"com.example.late",')
  const [socket] = (await once(late, 'socket')) as [Socket]
  if (socket.connecting) await once(socket, 'connect')
  // Who came later has been answered: by then the first lines of what came before are read.
  for (let i = 0; i < 2; i += 1) await fetch(`${service.url}/livez`)
  const closed = service.close()
  // It goes on taking connections for a moment, so that a balancer hears that it is not ready.
  const isTaken = async () => (await fetch(`${service.url}/livez`).catch(() => undefined)) !== undefined
  await expect.poll(isTaken).toBe(false)
  late.end('"platform":"web"}')
  const [answer] = (await once(late, 'response')) as [IncomingMessage]
  expect(answer.resume().statusCode).toBe(201)
  await closed
  const again = await startService(config)
  const found = await fetch(`${again.url}/v1/apps/com.example.late`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect(found.status).toBe(200)
  await again.close()
})
