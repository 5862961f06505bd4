import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Guard } from '@assay/guard'
import { app, mintProof, mintToken, newGuard } from '../minting.ts'
import { rawRequest, sendRaw, type RawResponse } from './raw-http.ts'

/** What an adapter's server reports to the contract. */
export interface Served {
  port: number
  close(): Promise<void>
}

/**
 * Starts a server whose only route is `POST /v1/orders` (and `GET`), behind `guard`. The route calls `reached` and
 * answers 200 with the JSON of what the guard left for it.
 */
export type StartServer = (guard: Guard, reached: () => void) => Promise<Served>

type Field = readonly [string, string]

const token = (): Field => ['OAuth-Client-Attestation', mintToken()]
const proof = (): Field => ['DPoP', mintProof()]

/**
 * What no list of fields can say, over real sockets and the same for every adapter. All else is in the requests of
 * `packages/shared/vectors`, which `lab/interop` sends through each adapter.
 */
export function adapterContract(name: string, start: StartServer): void {
  describe(name, () => {
    let served: Served
    let reached = 0
    let guard: Guard

    beforeAll(async () => {
      // One server, and for each test the guard that it needs.
      const current: Guard = {
        verify: (request) => guard.verify(request),
        ready: async () => undefined,
        forRoute: () => guard,
        singleUse: 'once',
      }
      served = await start(current, () => reached++)
    })
    afterAll(() => served.close())
    beforeEach(() => {
      guard = newGuard()
      reached = 0
    })

    async function send(fields: readonly Field[]): Promise<RawResponse> {
      const [response] = await sendRaw(served.port, rawRequest('POST /v1/orders', fields))
      if (response === undefined) throw new Error('no response')
      return response
    }

    test('an admitted request reaches the route, which learns who asks', async () => {
      const response = await send([token(), proof()])
      expect([response.status, reached]).toEqual([200, 1])
      expect(JSON.parse(response.body)).toMatchObject({ app, tier: 'warning', installation: 'pseudonym-1' })
    })

    describe('smuggling', () => {
      /** None of these may reach the route. How the server turns them away is its own affair. */
      async function turnedAway(text: string): Promise<void> {
        const responses = await sendRaw(served.port, text)
        for (const { status } of responses) expect(status).not.toBe(200)
        expect(reached).toBe(0)
      }

      const lines = (...fields: string[]) =>
        `POST /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n${fields.join('\r\n')}\r\n\r\n`
      const tokenLine = () => token().join(': ')
      const proofLine = () => proof().join(': ')

      test('the same request without tricks is served', async () => {
        expect((await sendRaw(served.port, lines(tokenLine(), proofLine())))[0]?.status).toBe(200)
        expect(reached).toBe(1)
      })

      test.each<[string, () => string]>([
        ['a space before the colon', () => lines(tokenLine(), proofLine().replace(':', ' :'))],
        [
          'a token folded over two lines',
          () => lines(tokenLine().replace(/(.{60})/, '$1\r\n '), proofLine()),
        ],
        ['a proof hidden behind a bare carriage return', () => lines(tokenLine(), `X-A: b\r${proofLine()}`)],
        ['a zero byte in a name', () => lines(tokenLine(), proofLine().replace('DPoP', 'DPoP\0'))],
        ['a zero byte in a value', () => lines(tokenLine(), `${proofLine()}\0`)],
        ['underscores for hyphens', () => lines(tokenLine().replaceAll('-Client-', '_Client_'), proofLine())],
        ['a line without a name', () => lines(tokenLine(), proofLine(), ': x')],
        [
          'both ways to say how long the body is',
          () => lines(tokenLine(), proofLine(), 'Content-Length: 5', 'Transfer-Encoding: chunked'),
        ],
        [
          'two lengths of the body',
          () => lines(tokenLine(), proofLine(), 'Content-Length: 0', 'Content-Length: 5'),
        ],
        [
          'token and proof in the trailers',
          () =>
            `${lines('Transfer-Encoding: chunked', 'Trailer: DPoP').trimEnd()}\r\n\r\n0\r\n${tokenLine()}\r\n${proofLine()}\r\n\r\n`,
        ],
        [
          'token and proof in the body',
          () => `${lines('Content-Length: 5').trimEnd()}\r\n\r\n${tokenLine()}\r\n${proofLine()}\r\n\r\n`,
        ],
      ])('%s', async (_, text) => {
        await turnedAway(text())
      })

      test('a second request in the body of an accepted one is judged by itself', async () => {
        const inner = 'POST /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n'
        const outer = lines(tokenLine(), proofLine(), 'Content-Length: 0').replace(
          'Connection: close\r\n',
          '',
        )
        const responses = await sendRaw(served.port, outer + inner)
        expect(responses.map(({ status }) => status)).toEqual([200, 401])
        expect(reached).toBe(1)
      })
    })
  })
}
