import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Guard } from '@assay/guard'
import { protect, toGuardRequest, type GuardedListener } from '@assay/guard/node'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { adapterContract } from './adapter-contract.ts'
import { isMisuse, noGuards } from './no-guards.ts'
import { rawRequest, sendRaw } from './raw-http.ts'

const fields = () =>
  [
    ['OAuth-Client-Attestation', mintToken()],
    ['DPoP', mintProof()],
  ] as const

adapterContract('node:http', async (guard, reached) => {
  const server = createServer(
    protect(guard, (_request, response, assay) => {
      reached()
      response.end(JSON.stringify(assay))
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
})

test('reads the fields that count, each as often as it came', () => {
  const rawHeaders = ['Host', 'a', 'DPoP', 'x', 'Cookie', 'b', 'dpop', 'y', 'AUTHORIZATION', 'Bearer z']
  expect(toGuardRequest({ method: 'GET', url: '/a', rawHeaders })).toEqual({
    method: 'GET',
    url: '/a',
    headers: { dpop: ['x', 'y'], authorization: ['Bearer z'] },
  })
  expect(toGuardRequest({ method: 'GET', url: '/a', rawHeaders: [] }, '/v1/a').url).toBe('/v1/a')
})

test.each(noGuards)('%s is no guard: no listener is made of it', (_, guard) => {
  expect(() => protect(guard, () => undefined)).toThrow(isMisuse('guard must be '))
})

test('protect wants a listener, and options that it knows', () => {
  const none = undefined as unknown as GuardedListener
  expect(() => protect(newGuard(), none)).toThrow(isMisuse('listener must be a function'))
  const protectWith = (options: object | null) => () =>
    protect(newGuard(), () => undefined, options as object)
  expect(protectWith(null)).toThrow(isMisuse('options of protect must be an object'))
  expect(protectWith({ onerror: () => undefined })).toThrow(isMisuse('protect takes no onerror;'))
  expect(protectWith({ onError: 'log' })).toThrow(isMisuse('onError must be a function'))
})

describe('a listener that fails', () => {
  const failure = new Error('out of stock')

  async function answered(listener: GuardedListener, guard: Guard = newGuard()) {
    const seen: unknown[] = []
    const onError = (error: unknown, { url }: IncomingMessage) => void seen.push(error, url)
    const server = createServer(protect(guard, listener, { onError }))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const [response] = await sendRaw(port, rawRequest('POST /v1/orders', fields()))
    await new Promise((resolve) => server.close(resolve))
    return { response, seen }
  }

  test.each<[string, GuardedListener]>([
    [
      'throws',
      () => {
        throw failure
      },
    ],
    ['rejects', () => Promise.reject(failure)],
    [
      'throws after it has prepared an answer',
      (_request, response) => {
        response.statusMessage = 'Out of stock'
        response.setHeader('Content-Length', '100').setHeader('X-Detail', 'stock').statusCode = 200
        throw failure
      },
    ],
  ])('%s: the caller learns nothing, the hook everything', async (_, listener) => {
    const { response, seen } = await answered(listener)
    expect(response).toMatchObject({ status: 500, body: '' })
    expect(Object.keys(response?.fields ?? {}).sort()).toEqual(['connection', 'content-length', 'date'])
    expect(seen).toEqual([failure, '/v1/orders'])
  })

  test('in the middle of an answer: the connection is cut, so nobody takes the half for the whole', async () => {
    const { response, seen } = await answered((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('half')
      return new Promise((_, reject) => setTimeout(() => reject(failure), 50))
    })
    expect(response).toMatchObject({ status: 200, body: 'half' })
    expect(seen).toEqual([failure, '/v1/orders'])
  })

  test('after its answer: the answer stands', async () => {
    const { response, seen } = await answered((_request, response) => {
      response.end('whole')
      throw failure
    })
    expect(response).toMatchObject({ status: 200, body: 'whole' })
    expect(seen).toEqual([failure, '/v1/orders'])
  })

  test('a guard that fails is a 500 as well, and its listener is not reached', async () => {
    let reached = 0
    const broken: Guard = { ...newGuard(), verify: () => Promise.reject(failure) }
    const { response, seen } = await answered(() => reached++, broken)
    expect([response?.status, reached]).toEqual([500, 0])
    expect(seen).toEqual([failure, '/v1/orders'])
  })

  test.each(['throws', 'rejects'])('%s, and nobody is told: 500, and the process ends', async (way) => {
    const script = path.join(import.meta.dirname, 'failing-listener.mjs')
    const child = fork(script, [way], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    const printed = text(child.stderr as NodeJS.ReadableStream)
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const exited = once(child, 'exit')
    const [response] = await sendRaw(port, rawRequest('GET /', []))
    expect(response).toMatchObject({ status: 500, body: '' })
    expect((await exited)[0]).toBe(1)
    expect(await printed).toContain('Error: out of stock')
  })
})
