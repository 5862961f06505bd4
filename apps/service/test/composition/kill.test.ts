import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { mediaTypes } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fixedBytes } from '@assay/testkit/fixed'
import { initialise } from '../../src/index.ts'
import { zipOf } from '../support/zip-file.ts'

let folder: string
let key: string
const sealingKey = fixedBytes('sealing key', 32)
const script = path.join(import.meta.dirname, '../support/service-process.mjs')

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-kill-test-'))
  key = (await initialise({ dataFolder: folder, sealingKey }))?.secret ?? ''
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const config = {
    dataFolder: folder,
    sealingKey: sealingKey.toString('hex'),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
  const child = fork(script, [JSON.stringify(config)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return { child, url }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const send = (url: string, method: string, target: string, body?: Uint8Array | object) =>
  fetch(url + target, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': body instanceof Uint8Array ? mediaTypes.zip : mediaTypes.json,
    },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
  } as RequestInit)

it('kill -9 right after an answer loses nothing that was acknowledged', async () => {
  for (let round = 0; round < 2; round++) {
    const app = `com.example.round${round}`
    const first = await start()
    expect((await send(first.url, 'POST', '/v1/apps', { id: app, platform: 'web' })).status).toBe(201)
    const api = { audience: `https://${app}`, apps: [app], tiers: ['warning'] }
    expect((await send(first.url, 'POST', '/v1/apis', api)).status).toBe(201)
    const file = zipOf({ 'app.js': fixedBytes(app, 50_000), 'b.js': fixedBytes(app, 1000) })
    const registered = await send(first.url, 'POST', `/v1/apps/${app}/builds?id=1`, file)
    const build = (await registered.json()) as Build
    expect(registered.status).toBe(201)
    await kill(first.child)

    const second = await start()
    expect(await (await send(second.url, 'GET', `/v1/apps/${app}/builds/1`)).json()).toEqual(build)
    expect((await send(second.url, 'GET', `/v1/apis/${encodeURIComponent(api.audience)}`)).status).toBe(200)
    // A challenge needs the plan, which needs the segments' rows; the digest needs their bytes.
    const body = { app, build: '1', sdk: 'test/1', key: 'A'.repeat(43), audiences: [api.audience] }
    expect((await send(second.url, 'POST', '/v1/challenges', body)).status).toBe(200)
    const retired = await send(second.url, 'POST', `/v1/apps/${app}/builds/1/retire`, {})
    expect(retired.status).toBe(200)
    await kill(second.child)

    const third = await start()
    const found = (await (await send(third.url, 'GET', `/v1/apps/${app}/builds/1`)).json()) as Build
    expect(found.state).toBe('retired')
    await kill(third.child)
  }
})

it('kill -9 in the middle of a registration leaves a service that starts, without the build', async () => {
  const { child, url } = await start()
  await send(url, 'POST', '/v1/apps', { id: 'com.example.cut', platform: 'web' })
  const file = zipOf({ 'app.js': Buffer.alloc(200 * 1024 * 1024, 97) }, { deflate: true })
  const sent = send(url, 'POST', '/v1/apps/com.example.cut/builds?id=1', file).catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 150))
  await kill(child)
  await sent
  const again = await start()
  expect([200, 404]).toContain((await send(again.url, 'GET', '/v1/apps/com.example.cut/builds/1')).status)
  const small = zipOf({ 'app.js': Buffer.from('a'.repeat(600)) })
  expect((await send(again.url, 'POST', '/v1/apps/com.example.cut/builds?id=2', small)).status).toBe(201)
  await kill(again.child)
})
