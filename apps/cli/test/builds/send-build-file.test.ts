import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { problems } from '@assay/protocol/codes'
import { bodyOf } from '../../src/builds/send-build-file.ts'
import { createServiceClient } from '../../src/service-client/service-client.ts'
import { cli, fakeService } from '../fake-service.ts'

const key = { ASSAY_API_KEY: 'a-key-that-must-not-be-shown' }
let folder = ''
let close: (() => Promise<unknown>) | undefined

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-send-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  await close?.()
  close = undefined
})

const add = (file: string, server: string, ...more: string[]) =>
  cli(['build', 'add', file, '--app', 'a.b.c', '--id', '1', '--server', server, ...more], key)

function dist(name: string, files: Readonly<Record<string, string>>): string {
  const made = path.join(folder, name)
  mkdirSync(made)
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(made, file), text)
  return made
}

test('a refusal in the middle of an upload ends it: no connection stays open', async () => {
  const server = http.createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 'app_not_found', ...problems.app_not_found }))
  })
  const connected = once(server, 'connection')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const file = path.join(folder, 'large.apk')
  writeFileSync(file, '')
  truncateSync(file, 64 << 20)
  const done = await add(file, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining('[app_not_found]') })
  const [socket] = (await connected) as [NodeJS.EventEmitter & { destroyed: boolean; resume: () => void }]
  socket.resume()
  await expect.poll(() => socket.destroyed, { timeout: 60_000 }).toBe(true)
})

describe('what cannot be read is reported, and ends the command', () => {
  const refused = (said: string) => ({ status: 2, stderr: expect.stringContaining(said) })

  test.runIf(process.platform === 'linux')('a file whose bytes do not come', async () => {
    const fake = await fakeService(() => ({ status: 201, body: {} }))
    close = fake.close
    expect(await add('/proc/self/mem', fake.url)).toMatchObject(refused('[CLI_FILE_UNREADABLE]'))
    const asJson = await add('/proc/self/mem', fake.url, '--json')
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'CLI_FILE_UNREADABLE' } })
    expect(fake.seen).toEqual([])
  })

  test('a file that went from a folder meanwhile', async () => {
    const fake = await fakeService(() => ({ status: 201, body: {} }))
    close = fake.close
    const made = dist('going', { 'main.js': 'alert(1)' })
    const { open } = await bodyOf(made, statSync(made), () => undefined)
    rmSync(path.join(made, 'main.js'))
    const service = createServiceClient(new URL(`${fake.url}/`), () => 'a-key')
    const sent = service.upload('v1/apps/a.b.c/builds', { mediaType: 'application/zip', open })
    await expect(sent).rejects.toMatchObject({
      code: 'CLI_FILE_UNREADABLE',
      exitCode: 2,
      message: expect.stringContaining('main.js'),
    })
  })
})

describe('a link in a folder', () => {
  const commands: [string, (file: string) => string[]][] = [
    ['build add', (file) => ['build', 'add', file, '--app', 'a.b.c', '--id', '1']],
    ['inspect', (file) => ['inspect', file]],
  ]

  test.each(commands)('that stands for a script is refused by %s', async (name, args) => {
    const made = dist(`script-${name}`, { 'real.txt': 'alert(1)' })
    symlinkSync('real.txt', path.join(made, 'main.js'))
    const done = await cli(args(made), key)
    expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_BUILD_LINK]') })
    expect(done.stderr).toContain(path.join(made, 'main.js'))
  })

  test.each(commands)('that stands for a folder is refused by %s', async (name, args) => {
    const made = dist(`folder-${name}`, { 'main.js': 'alert(1)' })
    symlinkSync(folder, path.join(made, 'chunks'))
    expect((await cli(args(made), key)).stderr).toContain('[CLI_BUILD_LINK]')
  })

  test('that stands for no code is passed over', async () => {
    const made = dist('picture', { 'main.js': 'alert(1)' })
    symlinkSync('main.js', path.join(made, 'tool'))
    expect(await cli(['inspect', made])).toMatchObject({ status: 0 })
  })
})
