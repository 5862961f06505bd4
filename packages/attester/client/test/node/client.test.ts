import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createNodeClient, nodeTimers, type NodeClientOptions } from '../../src/node/client.ts'
import { nodeFolderImage } from '../../src/node/image.ts'
import { fakeService } from '../fake/fake-service.ts'
import { fakeTime } from '../fake/fake-time.ts'
import { audience, code } from '../fake/fake-world.ts'
import { misuse } from '../fake/misuse.ts'

const options = (): NodeClientOptions => ({
  endpoints: ['https://attest.example'],
  app: 'com.example.app',
  build: '1.0+1',
  audiences: { 'https://api.example': audience },
  image: code,
  fetch: fakeService(fakeTime(), code).fetch,
})

it('makes an exchange with what Node has built in, over HTTP', async () => {
  const service = fakeService(fakeTime(), code)
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const url = `http://service.example${request.url}`
      const answer = await service.fetch(url, { method: 'POST', body: Buffer.concat(parts).toString() })
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { fetch: _, ...rest } = options()
  const client = createNodeClient({
    ...rest,
    endpoints: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
  })
  expect((await client.getToken()).token).toBe('token-1')
  client.close()
  server.close()
})

describe('keyFile', () => {
  const refused = 'keyFile: not a key file of the SDK; give another path or remove it'
  const fileOf = async (text: string) => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'client-')), 'notes.txt')
    await writeFile(file, text, { mode: 0o600 })
    return file
  }

  it('that is no key file is an error, and not touched', async () => {
    const keyFile = await fileOf('buy milk')
    const client = createNodeClient({ ...options(), keyFile })
    const renewed: unknown[] = []
    client.on('key-renewed', (event) => renewed.push(event))
    await expect(client.getToken()).rejects.toMatchObject({
      code: 'key_store_failed',
      cause: { message: refused },
    })
    expect(renewed).toEqual([])
    expect(await readFile(keyFile, 'utf8')).toBe('buy milk')
    client.close()
  })

  it('that was made here and is damaged is replaced, and that is told', async () => {
    const keyFile = await fileOf('Assay installation key\n-----BEGIN')
    const client = createNodeClient({ ...options(), keyFile })
    const renewed: unknown[] = []
    client.on('key-renewed', (event) => renewed.push(event))
    expect((await client.getToken()).token).toBe('token-1')
    expect(renewed).toHaveLength(1)
    expect(await readFile(keyFile, 'utf8')).toMatch(
      /^Assay installation key\nEnrolled\n-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n$/,
    )
    client.close()
  })
})

describe('options', () => {
  it.each([undefined, null, 'text'])('have to be an object, and not %s', (given) => {
    expect(() => createNodeClient(given as never)).toThrow(misuse('options'))
  })

  it.each([
    ['keyFile', 5],
    ['keyFile', ''],
    ['image', undefined],
    ['image', {}],
    ['image', nodeFolderImage(import.meta.dirname)],
    ['endpoints', 'https://attest.example'],
    ['audiences', null],
    ['evidence', 'x'],
    ['evidence', [null]],
    ['keyStore', {}],
  ])('are looked at when the client is made: %s', (name, value) => {
    expect(() => createNodeClient({ ...options(), [name]: value })).toThrow(misuse(name))
  })

  it('that are undefined are left out', async () => {
    const names = ['keyFile', 'keyStore', 'crypto', 'clock', 'timers', 'random', 'probes', 'requestTimeout']
    const client = createNodeClient({
      ...options(),
      ...Object.fromEntries(names.map((name) => [name, undefined])),
    })
    expect((await client.getToken()).token).toBe('token-1')
    client.close()
  })
})

it('keeps the process alive for what is waited for, and not for the background', () => {
  const waited = nodeTimers.set(() => undefined, 1000) as NodeJS.Timeout
  const background = nodeTimers.set(() => undefined, 1000, 'background') as NodeJS.Timeout
  expect([waited.hasRef(), background.hasRef()]).toEqual([true, false])
  for (const timer of [waited, background, undefined]) nodeTimers.clear(timer)
})
