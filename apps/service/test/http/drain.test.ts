import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes, paths } from '@assay/protocol'
import { expect, it } from 'vitest'
import { measure, signed, type TestDevice } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { challenge, registerWebApp, webApp, webDevice } from '../support/web-app.ts'
import { zipOf } from '../support/zip-file.ts'

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

interface Halved {
  path: string
  body: Buffer
  type: string
}

/** What the service writes for supervisors: level 50 and above is a fault. */
const faultsIn = (log: string) =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level }) => level >= 50)

it('a service that stops says so to its balancer, and logs neither a malfunction nor a stack', async () => {
  const service = await runService({ logLevel: 'info' })
  const agent = new http.Agent({ keepAlive: true })
  await ask(`${service.url}/livez`, agent)
  const closing = service.close()
  const response = await fetch(`${service.url}/readyz`)
  await closing
  agent.destroy()
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await response.json()).toMatchObject({ code: 'temporarily_unavailable' })
  expect(service.log()).toContain('the service stops once the requests under way are answered')
  expect(service.log()).not.toContain('stack')
  expect(faultsIn(service.log())).toEqual([])
})

/** Sends the first part of a body, and the rest on demand: the answer's status, or what broke. */
async function begin({ url, adminKey }: ServiceUnderTest, { path, body, type }: Halved) {
  const headers = {
    'content-type': type,
    'content-length': body.length,
    authorization: `Bearer ${adminKey}`,
  }
  const request = http.request(url + path, { method: 'POST', headers })
  const answer = new Promise<number | string>((resolve) => {
    const broken = (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error')
    request.once('error', broken)
    request.once('response', (response) => {
      response.resume()
      response.once('error', broken)
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
  })
  const half = body.length / 2
  await new Promise<void>((resolve) => request.write(body.subarray(0, half), () => resolve()))
  return {
    answer,
    end: () => void request.end(body.subarray(half)),
  }
}

it('a service that stops answers what is under way: attestations, and a file that is coming in', async () => {
  const service = await runService()
  await registerWebApp(service)
  const answerTo = async (device: TestDevice): Promise<Halved> => {
    const answer = signed(device.key, await measure(device, await challenge(service, device)))
    return { path: paths.attestations, body: Buffer.from(JSON.stringify(answer)), type: mediaTypes.json }
  }
  const file = zipOf({ 'app.js': Buffer.from('export const app = 2') })
  const bodies = [
    ...(await Promise.all(Array.from({ length: 8 }, () => answerTo(webDevice())))),
    { path: `/v1/apps/${webApp}/builds?id=late`, body: file, type: mediaTypes.zip },
  ]
  const underWay = await Promise.all(bodies.map((body) => begin(service, body)))
  // By a connection that is accepted after theirs.
  await ask(`${service.url}/livez`, new http.Agent())
  const closing = service.close()
  // Longer than connections that are in use get to end.
  await wait(400)
  for (const { end } of underWay) end()
  expect(await Promise.all(underWay.map(({ answer }) => answer))).toEqual([
    ...Array<number>(8).fill(200),
    201,
  ])
  await closing
})
