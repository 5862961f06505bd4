import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes, type ChallengeResponse } from '@assay/protocol'
import type { Fault, Length } from '../../fault/fault.ts'
import { scriptsOf, webApp, zipOf } from '../../stage/apps.ts'
import { answerBody, askChallenge, claimsOf, install, sendAnswer } from '../../stage/installations.ts'
import { createNetwork, type Answer } from '../../stage/network.ts'
import { lookAtPhone, type KeptPhone } from '../../stage/phones.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'

const stops: Record<Length, number> = { short: 2, long: 20 }

/** Number of clients, half of them phones, each with its own connection. */
const clients = 16

/** Number of parts of an upload, and milliseconds between two. */
const parts = { count: 20, pause: 100 }

/**
 * Sends one request after the other over one connection until an answer ends it, as clients do behind a balancer that then
 * leads them elsewhere.
 */
async function attestUntilClosed(
  stage: Stage,
  tally: Tally,
  { phone, onFirst }: { phone: KeptPhone; onFirst: () => void },
): Promise<number> {
  const { url } = stage.node
  const network = createNetwork({ connections: 1 })
  let requests = 0
  const note = (answer: Answer): boolean => {
    requests++
    tally.attempts++
    onFirst()
    tally.want(answer.fault === undefined, `no connection breaks: ${answer.fault}`)
    tally.want(answer.fault !== undefined || answer.status === 200, 'what was begun is served')
    return answer.status === 200 && answer.isLast !== true
  }
  for (;;) {
    const { installation } = phone
    const asked = await askChallenge(network, url, installation)
    if (!note(asked)) break
    const body = await answerBody(installation, asked.body as ChallengeResponse)
    const counter = installation.phone?.counter ?? 0
    const answer = await sendAnswer(network, url, body)
    if (answer.status === 200) phone.last = { body, jti: claimsOf(answer).jti, counter }
    if (!note(answer)) break
  }
  network.close()
  return requests
}

/** Uploads a file piece by piece. @returns the status of its answer, or the error */
async function uploadSlowly({ node, adminKey }: Stage, id: string): Promise<number | string> {
  const file = await zipOf(scriptsOf(id))
  const headers = {
    'content-type': mediaTypes.zip,
    'content-length': file.length,
    authorization: `Bearer ${adminKey}`,
  }
  const request = http.request(`${node.url}/v1/apps/${webApp}/builds?id=${id}`, { method: 'POST', headers })
  const answered = new Promise<number | string>((resolve) => {
    request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    request.once('response', (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
      response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
  })
  const size = Math.ceil(file.length / parts.count)
  for (let at = 0; at < file.length; at += size) {
    request.write(file.subarray(at, at + size))
    await wait(parts.pause)
  }
  request.end()
  return answered
}

const stopped: Fault = {
  name: 'node.stopped',
  alone: true,
  what: 'SIGTERM while apps attest and a build comes in: every request that was begun is answered in whole, no connection breaks, and what was acknowledged is there after the next start',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    let requests = 0
    for (let round = 0; round < stops[length]; round++) {
      const phones: KeptPhone[] = Array.from({ length: clients }, (_, i) => ({
        installation: i % 2 === 0 ? install(stage.web) : install(stage.ios, stage.iphone()),
      }))
      const attesting: Promise<number>[] = []
      const begun = phones.map(
        (phone) =>
          new Promise<void>((resolve) =>
            attesting.push(attestUntilClosed(stage, tally, { phone, onFirst: resolve })),
          ),
      )
      const build = `stopped${round}`
      const uploading = uploadSlowly(stage, build)
      // The system resets a connection that was not accepted yet.
      await Promise.all(begun)
      await wait(200 + ((round * 37) % 200))
      const stopping = stage.node.stop()
      for (const count of await Promise.all(attesting)) requests += count
      const uploaded = await uploading
      tally.attempts++
      tally.want(uploaded === 201, `a build that comes in is registered: ${uploaded}`)
      await stopping
      tally.recovered(await stage.start())
      const found = await stage.operator.ask('GET', `/v1/apps/${webApp}/builds/${build}`)
      if (uploaded === 201 && found.status !== 200) tally.losses++
      for (const phone of phones) await lookAtPhone(stage.network, stage.node.url, phone, tally)
    }
    tally.fact('requests', requests)
    return tally.outcome()
  },
}

export const stopFaults: readonly Fault[] = [stopped]
