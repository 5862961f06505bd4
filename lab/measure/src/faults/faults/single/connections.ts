import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../../fault/fault.ts'
import { scriptsOf, webApp, zipOf } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import { createNetwork } from '../../stage/network.ts'
import { createTally } from '../../stage/tally.ts'

/** The places where requests stop: in the middle of a field, and in the middle of a body. */
const beginnings = [
  'POST /v1/challenges HTTP/1.1\r\nHost: a\r\nContent-Ty',
  'POST /v1/attestations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"client',
]

/** The number of requests and of their networks. */
const halfOpen = { connections: 4_096, networks: 64 }

const half: Fault = {
  name: 'connections.half-open',
  alone: true,
  what: 'Thousands of requests that stop in the middle of a field or of a body keep every connection there is: clients of other networks attest all the same',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    const { hostname, port } = new URL(stage.node.url)
    const sockets: Socket[] = []
    for (let i = 0; i < halfOpen.connections; i++) {
      const localAddress = `127.1.${i % halfOpen.networks}.1`
      const socket = connect({ host: hostname, port: Number(port), localAddress }, () =>
        socket.write(beginnings[i % beginnings.length] as string),
      )
      sockets.push(socket.on('error', () => undefined))
      if (i % 64 === 0) await wait(10)
    }
    await wait(500)
    for (let i = 0; i < (length === 'short' ? 20 : 200); i++) {
      const network = createNetwork({ address: `127.2.${i % 16}.1`, patience: 10_000 })
      const answer = await attest(network, stage.node.url, install(stage.web))
      network.close()
      tally.attempts++
      tally.want(answer.status === 200, 'clients of other networks are served')
      tally.recovered(answer.milliseconds)
    }
    tally.fact('half-open', sockets.filter((socket) => !socket.destroyed).length)
    for (const socket of sockets) socket.destroy()
    return tally.outcome()
  },
}

const uploads: Fault = {
  name: 'connections.refused-uploads',
  alone: true,
  what: 'Uploads are refused on connections that stay open: the next request on each is answered at once',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    const file = await zipOf(scriptsOf('refused'))
    const network = createNetwork({ connections: 1, patience: 10_000 })
    const refusals = [
      { url: `${stage.node.url}/v1/apps/${webApp}/builds?id=x`, key: 'assay_nobody' },
      { url: `${stage.node.url}/v1/apps/none/builds?id=x`, key: 'assay_nobody' },
    ]
    for (let round = 0; round < (length === 'short' ? 5 : 50); round++) {
      for (const refusal of refusals) {
        const body = Buffer.concat([file, Buffer.alloc(2 * 1024 * 1024)])
        const refused = await network.send({ method: 'POST', ...refusal, body, type: 'application/zip' })
        tally.attempts++
        tally.want(refused.status === 401, 'an upload without a key is refused and its sender is told')
        const next = await network.send({ method: 'GET', url: `${stage.node.url}/livez` })
        tally.want(next.status === 200, 'the next request on the connection is answered')
        tally.recovered(next.milliseconds)
      }
    }
    network.close()
    return tally.outcome()
  },
}

export const connectionFaults: readonly Fault[] = [half, uploads]
