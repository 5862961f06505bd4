import { createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createMemoryReplayStore } from '@assay/guard'
import { authRequestListener, createNodeGuard } from '@assay/guard/node'
import type { PublicJwk, VerificationJwk } from '@assay/protocol'
import type { GatewaySettings } from '@assay/testkit'
import { app, audience, issuer, now } from '../guard/minting.ts'

/**
 * What a gateway asks, in a process of its own: the guard as `assay guard serve` has it, or a bare listener that verifies one
 * signature with the key at hand and answers 204.
 */
export interface ListenerWork {
  readonly kind: 'guard' | 'bare'
  readonly socket: string
  readonly settings: GatewaySettings
  readonly issuerJwk: VerificationJwk
  readonly installation: PublicJwk
}

function guardListener({ settings, issuerJwk }: ListenerWork): RequestListener {
  const clock = () => now * 1000
  const guard = createNodeGuard({
    issuer,
    audience,
    jwks: { keys: [issuerJwk] },
    apps: [app],
    tiers: ['warning'],
    mode: 'bound',
    clock,
    // One key sends everything while no time passes: more than its share of the default store.
    replayStore: createMemoryReplayStore({ clock, capacity: 1_000_000 }),
  })
  return authRequestListener(guard, settings)
}

function bareListener({ installation }: ListenerWork): RequestListener {
  const key = createPublicKey({ key: { ...installation }, format: 'jwk' })
  const isSigned = ({ headers }: IncomingMessage) => {
    const proof = String(headers['dpop'])
    const end = proof.lastIndexOf('.')
    const signature = Buffer.from(proof.slice(end + 1), 'base64url')
    return verify('sha256', Buffer.from(proof.slice(0, end)), { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
  return (request, response) => void response.writeHead(isSigned(request) ? 204 : 401).end()
}

process.once('message', (work: ListenerWork) => {
  const listener = work.kind === 'guard' ? guardListener(work) : bareListener(work)
  createServer(listener).listen(work.socket, () => process.send?.('ready'))
})
process.once('disconnect', () => process.exit())
