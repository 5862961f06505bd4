import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { decodeBase64url, headerNames, type AttestationResponse } from '@assay/protocol'
import { createCliProcess, forgeProof, type ProxyProcess } from '@assay/testkit'
import type { Fault, Length } from '../../fault/fault.ts'
import { millisecondsUntil } from '../../node/until.ts'
import { audience, webApp } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import { codeOf, type Answer } from '../../stage/network.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally } from '../../stage/tally.ts'

const kills: Record<Length, number> = { short: 2, long: 30 }
/** Streams that an installation may have open, and has. */
const atOnce = 4
const target = '/v1/messages'
const cli = createCliProcess()

/** `assay guard proxy`, one genuine installation, and an API that costs money. */
interface ProxyStage {
  readonly proxy: ProxyProcess
  /** Requests that reached the API. */
  billed(): number
  ask(): Promise<Answer>
  /** Starts it, again after a kill. */
  start(): Promise<void>
  close(): Promise<void>
}

/** @param folder holds the journal. @param most requests of all callers in a day */
async function setProxy(stage: Stage, folder: string, most: number): Promise<ProxyStage> {
  const own = await mkdtemp(path.join(os.tmpdir(), 'assay-proxy-'))
  let billed = 0
  const api = createServer((request, response) => {
    request.resume()
    billed += 1
    // Every second answer states no cost, so its reservation stays.
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(billed % 2 === 0 ? '{}' : '{"usage":{"total_tokens":1}}')
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  const installation = install(stage.web)
  const { body } = await attest(stage.network, stage.node.url, installation)
  const token = (body as AttestationResponse).tokens[0]?.token ?? ''
  const claims = JSON.parse(Buffer.from(decodeBase64url(token.split('.')[1] ?? '') ?? []).toString()) as {
    iss: string
    ear_status: string
  }
  const configuration = {
    issuer: claims.iss,
    audience,
    apps: [webApp],
    tiers: [claims.ear_status],
    routes: [
      {
        name: 'messages',
        methods: ['POST'],
        path: target,
        upstream: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
        inject: { fields: { 'x-api-key': { environment: 'KEY' } } },
        meter: {
          all: { requests: [`${most}/day`], cost: ['1000000/day'] },
          cost: { member: '/usage/total_tokens', reserve: { fixed: 10 } },
        },
      },
    ],
  }
  const file = path.join(own, 'proxy.yaml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration))
  const args = [file, '--journal', path.join(folder, 'meter.journal')]
  const start = () => cli.proxy({ KEY: 'sk-of-the-faults-0001' }, args)
  let proxy = await start()
  return {
    get proxy() {
      return proxy
    },
    billed: () => billed,
    ask: () =>
      stage.network.send({
        method: 'POST',
        url: proxy.url + target,
        body: '{}',
        fields: {
          [headerNames.attestation]: token,
          [headerNames.dpop]: forgeProof(installation.key, 'POST', audience + target),
        },
      }),
    async start() {
      proxy = await start()
    },
    async close() {
      await proxy.kill()
      api.closeAllConnections()
      api.close()
      await rm(own, { recursive: true, force: true })
    },
  }
}

const isServed = (proxied: ProxyStage) => async () => (await proxied.ask()).status === 200

/** Asks until the limit of everybody is reached. @returns whether it was */
async function spend({ ask }: ProxyStage): Promise<boolean> {
  let refused = 0
  for (let i = 0; i < 10_000 && refused < 3; i += 1) {
    const answer = await ask()
    if (answer.status !== 429) continue
    refused += 1
  }
  return refused === 3
}

const killed: Fault = {
  name: 'proxy.killed',
  what: '`kill -9` of `assay guard proxy` under load: it counts on from its journal, so that no request is refunded; without the journal they are',
  stores: ['sqlite'],
  async run(stage, length) {
    const tally = createTally()
    const most = 60 * (kills[length] + 1)
    const proxied = await setProxy(stage, stage.dataFolder, most)
    try {
      for (let round = 0; round < kills[length]; round += 1) {
        tally.recovered(await millisecondsUntil(isServed(proxied)))
        const before = proxied.billed()
        let isOver = false
        const pour = async () => {
          while (!isOver && proxied.billed() < before + 40) await proxied.ask()
        }
        const pouring = Promise.all(Array.from({ length: atOnce }, pour))
        while (proxied.billed() < before + 20) await wait(2)
        await wait((round * 7) % 20)
        await proxied.proxy.kill()
        isOver = true
        await pouring
        tally.attempts += 1
        await proxied.start()
      }
      tally.recovered(await millisecondsUntil(isServed(proxied)))
      tally.want(await spend(proxied), 'the limit is reached')
      tally.doubleAcceptances += Math.max(0, proxied.billed() - most)
      // Requests that were counted before the kill had not all been sent.
      tally.losses += Math.max(0, most - atOnce * kills[length] - proxied.billed())
      tally.fact('requests of all', most)
      tally.fact('that reached the API', proxied.billed())
      await proxied.proxy.kill()
      rmSync(path.join(stage.dataFolder, 'meter.journal'))
      await proxied.start()
      const refunded = (await millisecondsUntil(isServed(proxied), 5_000)) < Infinity
      tally.want(refunded, 'a proxy without its journal serves again: otherwise this row shows nothing')
    } finally {
      await proxied.close()
    }
    return tally.outcome()
  },
}

const diskFull: Fault = {
  name: 'proxy.disk-full',
  what: 'The disk of the journal fills up: requests that cannot be counted are 503 and reach no API, the proxy serves again when there is room, and has forgotten nothing, `kill -9` included',
  stores: ['sqlite'],
  disk: 64,
  async run(stage) {
    const tally = createTally()
    const most = 300
    const proxied = await setProxy(stage, stage.disk.folder, most)
    try {
      tally.recovered(await millisecondsUntil(isServed(proxied)))
      for (let i = 0; i < 20; i += 1) await proxied.ask()
      stage.disk.fill()
      let refused = 0
      for (let i = 0; i < 200 && refused < 20; i += 1) {
        const before = proxied.billed()
        const answer = await proxied.ask()
        tally.attempts += 1
        // The last page of the file takes some entries yet.
        if (answer.status === 200) continue
        refused += 1
        tally.want(answer.status === 503, 'what cannot be counted is answered with 503')
        tally.want(codeOf(answer) === 'meter_journal_failed', 'the answer names the journal')
        tally.want((answer.retryAfter ?? 0) > 0, 'a 503 says when to come back')
        tally.want(proxied.billed() === before, 'what cannot be counted reaches no API')
      }
      tally.want(refused === 20, 'the disk is full')
      tally.want(proxied.proxy.log().includes('METER_JOURNAL_FAILED'), 'the log names METER_JOURNAL_FAILED')
      stage.disk.free()
      tally.recovered(await millisecondsUntil(isServed(proxied)))
      await proxied.proxy.kill()
      await proxied.start()
      tally.recovered(await millisecondsUntil(isServed(proxied)))
      tally.want(await spend(proxied), 'the limit is reached')
      tally.doubleAcceptances += Math.max(0, proxied.billed() - most)
      tally.losses += Math.max(0, most - proxied.billed())
      tally.fact('requests of all', most)
      tally.fact('that reached the API', proxied.billed())
    } finally {
      await proxied.close()
    }
    return tally.outcome()
  },
}

export const proxyFaults: readonly Fault[] = [killed, diskFull]
