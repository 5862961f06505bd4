import http from 'node:http'
import { expect, it } from 'vitest'
import { runService } from '../support/running-service.ts'

/** The answer's `Connection`, or what broke. */
function ask(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve) => {
    http
      .get(url, { agent }, (response) => {
        response.resume()
        response.once('end', () => resolve(response.headers.connection ?? ''))
      })
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
  })
}

it('a service that stops ends each connection with an answer, and resets none', async () => {
  const service = await runService()
  const { url } = service
  let connected = 0
  const ends = Array.from({ length: 16 }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    let connection = await ask(`${url}/livez`, agent)
    connected += 1
    while (connection === 'keep-alive') connection = await ask(`${url}/livez`, agent)
    agent.destroy()
    return connection
  })
  await expect.poll(() => connected).toBe(16)
  await service.close()
  expect(await Promise.all(ends)).toEqual(Array(16).fill('close'))
})
