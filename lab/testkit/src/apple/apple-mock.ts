import { createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { misbehave, type Behaviour } from '../google/http-behaviour.ts'
import { newKeyPair } from '../keys/new-key-pair.ts'
import type { AppleCa } from './apple-ca.ts'

/** As the service is given it: the key that a team asks with. */
export interface TeamKey {
  readonly team_id: string
  readonly key_id: string
  readonly private_key: string
}

/** Apple's server for receipts, on a port of this machine. */
export interface AppleMock {
  readonly dataUrl: string
  /** The key that it knows. */
  readonly teamKey: TeamKey
  /** How often it was asked. */
  readonly asked: number
  /** Sound by default; `too-early` (304) and `forgotten` (404) are sound answers too. */
  behave(behaviour: Behaviour | 'too-early' | 'forgotten'): void
  /** Ends all connections, also those that wait for an answer. */
  close(): Promise<void>
}

export async function createAppleMock({ apple }: { apple: AppleCa }): Promise<AppleMock> {
  const keys = newKeyPair('P-256')
  const teamKey: TeamKey = {
    team_id: 'ABCDE12345',
    key_id: 'KEYID67890',
    private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  let behaviour: Parameters<AppleMock['behave']>[0] = 'sound'
  let asked = 0
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked += 1
    const body = await textOf(request)
    if (!isSigned(request.headers.authorization ?? '', teamKey, keys.spki))
      return void response.writeHead(401).end()
    if (behaviour === 'too-early') return void response.writeHead(304).end()
    const renewed = behaviour === 'forgotten' ? undefined : apple.renewReceipt(Buffer.from(body, 'base64'))
    if (renewed === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/plain' }).end(renewed.toString('base64'))
  }
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== path) return void response.writeHead(404).end()
    const isSound = behaviour === 'too-early' || behaviour === 'forgotten'
    if (!isSound && misbehave(behaviour as Behaviour, response)) return void (asked += 1)
    void respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    dataUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`,
    teamKey,
    get asked() {
      return asked
    },
    behave: (next) => void (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const path = '/v1/attestationData'

/** A JWT of the team's key in `Authorization`, without a scheme. */
function isSigned(jwt: string, { team_id: team, key_id: kid }: TeamKey, spki: Uint8Array): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  try {
    const said = (part: string) =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    const { alg, kid: named } = said(header)
    return (
      alg === 'ES256' &&
      named === kid &&
      said(payload)['iss'] === team &&
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
    )
  } catch {
    return false
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
