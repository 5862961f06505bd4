import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { writeZip } from '@assay/testkit'
import type { Fault, Length } from '../../fault/fault.ts'
import { scriptsOf, webApp, zipOf } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import { createNetwork } from '../../stage/network.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'

const rounds: Record<Length, number> = { short: 1, long: 3 }

/** Seconds within which a file must arrive in this row, if it keeps the lowest rate. */
const patience = 20

/** A hostile upload over its own connection, and the expected answer. */
interface Hostile {
  readonly name: string
  readonly head: readonly string[]
  /** Parts, sent one after the other with pauses. */
  readonly body: readonly Uint8Array[]
  /** Milliseconds between its parts. */
  readonly pause?: number
  /** Whether the sender closes the connection after the last part, without waiting for an answer. */
  readonly goesAway?: true
  /** Status of the answer; undefined: the connection may end without one. */
  readonly answer: number | undefined
  /** Whether the next request on the same connection must be answered. */
  readonly staysOpen?: true
}

const zip = ['Content-Type: application/zip']
const sized = (body: Uint8Array, more: readonly string[] = zip) => [...more, `Content-Length: ${body.length}`]

async function hostiles(round: number): Promise<Hostile[]> {
  const good = await zipOf(scriptsOf(`hostile${round}`))
  const cut = good.subarray(0, good.length - 40)
  const bomb = await writeZip([{ name: 'app.js', content: Buffer.alloc(600 << 20, 97), stored: false }], 9)
  const many = await writeZip(
    Array.from({ length: 20_000 }, (_, i) => ({
      name: `${i}.css`,
      content: Buffer.from('a'),
      stored: true,
    })),
  )
  const form = Buffer.from(
    Array.from(
      { length: 5_000 },
      (_, i) => `--x\r\nContent-Disposition: form-data; name="f${i}"; filename="a.js"\r\n\r\na\r\n`,
    ).join(''),
  )
  const drops = Array.from({ length: 1_000 }, (_, i) => good.subarray(i, i + 1))
  return [
    { name: 'a ZIP that is cut off', head: sized(cut), body: [cut], answer: 422, staysOpen: true },
    { name: 'a ZIP that unpacks to 600 MB', head: sized(bomb), body: [bomb], answer: 422, staysOpen: true },
    { name: 'a ZIP of 20,000 entries', head: sized(many), body: [many], answer: 422, staysOpen: true },
    {
      name: 'a form of 5,000 parts, cut off',
      head: sized(form, ['Content-Type: multipart/form-data; boundary=x']),
      body: [form],
      answer: 415,
      staysOpen: true,
    },
    {
      name: 'a length that is less than the body',
      head: [...zip, `Content-Length: ${good.length - 100}`],
      body: [good],
      // The remaining bytes are not a request.
      answer: 400,
    },
    {
      name: 'a length that is more than the body, and a sender that goes away',
      head: [...zip, `Content-Length: ${good.length + 100}`],
      body: [good],
      goesAway: true,
      answer: undefined,
    },
    {
      name: 'two lengths',
      head: [...sized(good), `Content-Length: ${good.length + 1}`],
      body: [good],
      answer: 400,
    },
    {
      name: 'a length and chunks',
      head: [...sized(good), 'Transfer-Encoding: chunked'],
      body: [good],
      answer: 400,
    },
    {
      name: 'chunks that are none',
      head: [...zip, 'Transfer-Encoding: chunked'],
      body: [Buffer.from('5\r\nabcde\r\nXYZ\r\n')],
      answer: 400,
    },
    {
      name: 'a sender that goes away in the middle',
      head: [...zip, 'Content-Length: 50000000'],
      body: [Buffer.alloc(1 << 20)],
      goesAway: true,
      answer: undefined,
    },
    { name: 'a byte now and then', head: sized(good), body: drops, pause: 100, answer: 408 },
  ]
}

const hostile: Fault = {
  name: 'uploads.hostile',
  what: 'Files are cut off, unpack to hundreds of MB, have wrong lengths, come byte by byte or end half way, with a key that may register: each is refused, who shares the service attests meanwhile, and nothing of them is left',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    for (let round = 0; round < rounds[length]; round++) {
      for (const each of await hostiles(round)) {
        const beside = attestBeside(stage, tally)
        await send(stage, tally, each)
        await beside.stop()
        const build = `honest${round}-${each.name.replaceAll(/[^a-z0-9]/g, '')}`
        const upload = async () =>
          (await stage.operator.upload(webApp, build, await zipOf(scriptsOf(build)))).status === 201
        tally.recovered(await millisecondsUntil(upload, 15_000))
      }
    }
    tally.fact('resident MB', Math.round(stage.node.resident()))
    tally.want(await isEmpty(stage), 'nothing of a refused file is left')
    return tally.outcome()
  },
}

/** Sends it as an administrator would, and checks the answer and the connection. */
async function send(stage: Stage, tally: Tally, each: Hostile): Promise<void> {
  const { name, head, body, pause = 0, goesAway = false, answer, staysOpen = false } = each
  const { hostname, port } = new URL(stage.node.url)
  const socket = connect({ host: hostname, port: Number(port) })
  let said = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => (said += chunk))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  const fields = [`Host: ${hostname}`, `Authorization: Bearer ${stage.adminKey}`, ...head]
  socket.write(`POST /v1/apps/${webApp}/builds?id=hostile HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`)
  for (const part of body) {
    if (said !== '' || socket.destroyed) break
    socket.write(part)
    if (pause > 0) await wait(pause)
  }
  tally.attempts++
  if (goesAway) {
    socket.destroy()
    await closed
    return
  }
  const isAnswered = async () => /^HTTP\/1\.1 \d{3}/m.test(said) || socket.destroyed
  await millisecondsUntil(isAnswered, patience * 2_000)
  const status = Number(said.slice(9, 12))
  tally.want(status === answer, `${name}: ${answer} and not ${status || 'nothing'}`)
  if (staysOpen) {
    said = ''
    socket.write(`GET /livez HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
    const took = await millisecondsUntil(async () => said.includes('200 OK'), 5_000)
    tally.want(took < 5_000, `${name}: the connection can be used again`)
  }
  socket.destroy()
  await closed
}

/** Exchanges of a client, one after the other, until stopped. */
function attestBeside({ node, web }: Stage, tally: Tally): { stop(): Promise<void> } {
  let isStopped = false
  const network = createNetwork({ address: '127.2.1.1', patience: 15_000 })
  const run = async () => {
    while (!isStopped) {
      const { status, milliseconds } = await attest(network, node.url, install(web))
      tally.attempts++
      tally.want(status === 200, 'clients attest beside hostile uploads')
      tally.want(milliseconds < 5_000, 'clients beside hostile uploads do not wait for them')
      await wait(50)
    }
    network.close()
  }
  const running = run()
  return {
    async stop() {
      isStopped = true
      await running
    },
  }
}

/** Whether the folders for uploaded files, and for files read from them, are empty after the refusals. */
async function isEmpty({ dataFolder }: Stage): Promise<boolean> {
  const folders = [path.join(dataFolder, 'uploads'), path.join(dataFolder, 'blobs', 'incoming')]
  const isNothingLeft = async () => {
    const left = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])))
    return left.flat().every((name) => name.startsWith('probe-'))
  }
  return (await millisecondsUntil(isNothingLeft, 5_000)) < 5_000
}

export const uploadFaults: readonly Fault[] = [hostile]
