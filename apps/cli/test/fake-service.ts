import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { run } from '../src/program/run.ts'

export interface Seen {
  method: string
  url: string
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** Answers every request with what `answer` gives, and keeps what it saw. */
export async function fakeService(answer: (seen: Seen) => { status: number; body: unknown } | undefined) {
  const seen: Seen[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      }
      seen.push(one)
      const answered = answer(one)
      if (answered === undefined) {
        response.socket?.destroy()
        return
      }
      response.writeHead(answered.status, { 'content-type': 'application/json' })
      response.end(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, seen, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** Runs one command line and collects what it wrote. */
export async function cli(
  args: readonly string[],
  env: Record<string, string> = {},
  more: { stdin?: string; isTTY?: boolean } = {},
) {
  const stream = () => Object.assign(new PassThrough(), { isTTY: more.isTTY === true })
  const [out, err] = [stream(), stream()]
  const collected = { stdout: '', stderr: '' }
  out.on('data', (chunk: Buffer) => (collected.stdout += chunk.toString()))
  err.on('data', (chunk: Buffer) => (collected.stderr += chunk.toString()))
  const streams = {
    out,
    err,
    ...(more.stdin === undefined
      ? {}
      : { in: Object.assign(Readable.from([more.stdin]), { isTTY: more.isTTY === true }) }),
  }
  const status = await run(args, streams, env, process)
  return { status, ...collected }
}
