import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNonces, type Guard } from '@assay/guard'
import { app, audience, mintProof, mintToken, newGuard, newKey, now, sha256 } from '../minting.ts'
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
const proof = (claims = {}): Field => ['DPoP', mintProof({ claims })]

/** Real requests over real sockets, the same for every adapter. */
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

    async function send(fields: readonly Field[], line = 'POST /v1/orders'): Promise<RawResponse> {
      const [response] = await sendRaw(served.port, rawRequest(line, fields))
      if (response === undefined) throw new Error('no response')
      return response
    }

    async function refused(fields: readonly Field[], code: string, line?: string): Promise<RawResponse> {
      const response = await send(fields, line)
      expect(JSON.parse(response.body)).toMatchObject({
        code,
        status: response.status,
        type: `urn:assay:problem:${code}`,
      })
      expect(response.fields['content-type']?.[0]).toMatch(/^application\/problem\+json/)
      expect(response.fields['cache-control']).toEqual(['no-store'])
      expect(reached).toBe(0)
      return response
    }

    async function served200(fields: readonly Field[], line?: string): Promise<RawResponse> {
      const response = await send(fields, line)
      expect(response.status).toBe(200)
      expect(reached).toBe(1)
      reached = 0
      return response
    }

    describe('requests', () => {
      test('an accepted one reaches the route, which learns who asks', async () => {
        const response = await served200([token(), proof()])
        expect(JSON.parse(response.body)).toMatchObject({ app, tier: 'warning', installation: 'pseudonym-1' })
      })

      test('names of fields come in any case, and the query is not part of the proof', async () => {
        const [, attestation] = token()
        const [, dpop] = proof()
        await served200(
          [
            ['oauth-CLIENT-attestation', attestation],
            ['dpop', dpop],
          ],
          'POST /v1/orders?page=2',
        )
      })

      test('one without a token is told what is missing', async () => {
        const response = await refused([], 'attestation_required')
        expect(response.status).toBe(401)
        expect(response.fields['www-authenticate']).toEqual(['DPoP algs="ES256"'])
      })

      test('a replayed one is refused', async () => {
        const fields = [token(), proof()]
        await served200(fields)
        const response = await refused(fields, 'invalid_dpop_proof')
        expect(response.fields['www-authenticate']).toEqual(['DPoP algs="ES256", error="invalid_dpop_proof"'])
      })

      test('the method and the path that were sent count', async () => {
        await refused([token(), proof()], 'invalid_dpop_proof', 'GET /v1/orders')
        await served200([token(), proof({ htm: 'GET' })], 'GET /v1/orders')
        await refused([token(), proof({ htu: `${audience}/orders` })], 'invalid_dpop_proof')
        await refused([token(), proof({ htu: `${audience}/` })], 'invalid_dpop_proof')
      })

      test.each<[string, string, string | undefined, string]>([
        ['an origin as base URL', `${audience}/v1`, audience, `${audience}/v1/orders`],
        ['a path that a proxy strips', `${audience}/shop`, undefined, `${audience}/shop/v1/orders`],
      ])('an audience with a path, and %s', async (_, registered, publicBaseUrl, htu) => {
        guard = newGuard({ audience: registered, ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }) })
        const forApi: Field = ['OAuth-Client-Attestation', mintToken({ claims: { aud: registered } })]
        await served200([forApi, proof({ htu })])
        // The twin: the base URL that the other one needs.
        const other = publicBaseUrl === undefined ? audience : registered
        guard = newGuard({ audience: registered, publicBaseUrl: other })
        await refused([forApi, proof({ htu })], 'invalid_dpop_proof')
      })

      test('a tier that is not accepted is a 403, without a challenge', async () => {
        const low = mintToken({ claims: { ear_status: 'contraindicated' } })
        const response = await refused(
          [['OAuth-Client-Attestation', low], proof()],
          'insufficient_attestation',
        )
        expect(response.status).toBe(403)
        expect(response.fields['www-authenticate']).toBeUndefined()
      })

      test('a store that fails is a 503', async () => {
        guard = newGuard({
          replayStore: { shared: true, addIfAbsent: () => Promise.reject(new Error('down')) },
        })
        const response = await refused([token(), proof()], 'temporarily_unavailable')
        expect(response.status).toBe(503)
        expect(response.fields['retry-after']).toHaveLength(1)
      })

      test('fields that are too large are a 431', async () => {
        const response = await refused([token(), proof({ pad: 'x'.repeat(6000) })], 'fields_too_large')
        expect(response.status).toBe(431)
      })

      test('nonces ride on refusals and on acceptances', async () => {
        const nonces = createNonces({ audience, random: (length) => new Uint8Array(length) })
        guard = newGuard({ nonces })
        const asked = await refused([token(), proof()], 'use_dpop_nonce')
        const nonce = asked.fields['dpop-nonce']?.[0]
        expect(asked.fields['oauth-client-attestation-challenge']).toEqual([nonce])
        expect((await served200([token(), proof({ nonce })])).fields['dpop-nonce']).toBeUndefined()
        const ageing = await nonces.issue(now - 200)
        const renewed = await served200([token(), proof({ nonce: ageing })])
        expect(renewed.fields['dpop-nonce']).toHaveLength(1)
        expect(renewed.fields['oauth-client-attestation-challenge']).toEqual(renewed.fields['dpop-nonce'])
      })
    })

    describe('repeated fields', () => {
      test('two proofs, in either order and with an empty one', async () => {
        await refused([token(), proof(), proof()], 'invalid_dpop_proof')
        await refused([token(), ['DPoP', ''], proof()], 'invalid_dpop_proof')
        await refused([token(), proof(), ['dpop', 'junk']], 'invalid_dpop_proof')
        await served200([token(), proof()])
      })

      test('two tokens', async () => {
        await refused([token(), token(), proof()], 'invalid_client_attestation')
        await refused([['OAuth-Client-Attestation', 'junk'], token(), proof()], 'invalid_client_attestation')
      })

      test('two Authorization fields, of which Node itself would show the first only', async () => {
        const covered = proof({ ath: sha256('one') })
        await refused(
          [token(), ['Authorization', 'Bearer one'], ['Authorization', 'Bearer two'], covered],
          'invalid_token',
        )
        await refused(
          [token(), ['Authorization', 'Basic x'], ['Authorization', 'Bearer two'], proof()],
          'invalid_token',
        )
        await served200([token(), ['Authorization', 'Bearer one'], covered])
      })

      test('a PoP field beside a good combined proof', async () => {
        await refused(
          [token(), proof(), ['OAuth-Client-Attestation-PoP', 'junk']],
          'invalid_client_attestation',
        )
      })
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

      test('an absolute target is its path: the host in it counts for nothing', async () => {
        const elsewhere = proof({ htu: 'http://evil.example/v1/orders' })
        await refused([token(), elsewhere], 'invalid_dpop_proof', 'POST http://evil.example/v1/orders')
      })

      test('forwarded fields change nothing where nothing is configured', async () => {
        const fields: Field[] = [
          ['X-Forwarded-Host', 'evil.example'],
          ['X-Forwarded-Proto', 'http'],
          ['Forwarded', 'host=evil.example'],
        ]
        await refused(
          [token(), proof({ htu: 'http://evil.example/v1/orders' }), ...fields],
          'invalid_dpop_proof',
        )
        await served200([token(), proof(), ...fields])
      })

      test('a proof by another key is refused', async () => {
        await refused(
          [token(), ['DPoP', mintProof({ key: newKey('ES256', 'foreign') })]],
          'invalid_dpop_proof',
        )
      })
    })
  })
}
