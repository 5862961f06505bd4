import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createNodeClient, nodeTimers } from '../../src/node/client.ts'
import { fakeService } from '../fake/fake-service.ts'
import { fakeTime } from '../fake/fake-time.ts'
import { audience, code } from '../fake/fake-world.ts'

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
  const client = createNodeClient({
    endpoints: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    app: 'com.example.app',
    build: '1.0+1',
    audiences: { 'https://api.example': audience },
    image: code,
  })
  expect((await client.getToken()).token).toBe('token-1')
  client.close()
  server.close()
})

it('keeps the process alive for what is waited for, and not for the background', () => {
  const waited = nodeTimers.set(() => undefined, 1000) as NodeJS.Timeout
  const background = nodeTimers.set(() => undefined, 1000, 'background') as NodeJS.Timeout
  expect([waited.hasRef(), background.hasRef()]).toEqual([true, false])
  for (const timer of [waited, background, undefined]) nodeTimers.clear(timer)
})
