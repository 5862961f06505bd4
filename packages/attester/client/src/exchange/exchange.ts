import {
  clientDataSigningInput,
  encodeBase64url,
  thumbprintInput,
  utf8,
  type AttestationRequest,
  type AttestationResponse,
  type ChallengeRequest,
  type ChallengeResponse,
  type ClientData,
  type paths,
} from '@assay/protocol'
import { orFail, type AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import type { InstallationKey } from '../ports.ts'
import { sdk } from '../sdk.ts'
import { nameOf, type Grant } from '../token/grant.ts'
import { isAttestationResponse, isChallengeResponse } from './answers.ts'
import type { Collector } from './collect-evidence.ts'
import type { Post } from './connection.ts'
import { createMeasure } from './measure.ts'

/** Evidence for tokens. Not to be run twice at the same time. */
export interface Exchange {
  /** The installation key as it stands in its store. */
  openKey(): Promise<InstallationKey>
  /** One exchange for all audiences. @throws AssayClientError */
  run(key: InstallationKey): Promise<Grant>
}

/** A request that is ready to be sent, and sent again byte for byte: the service gives the same tokens for it. */
interface Prepared {
  key: InstallationKey
  body: AttestationRequest
  /** Monotonic, when the challenge is past its time. */
  goodUntil: number
}

export function createExchange(
  config: ClientConfig,
  post: Post,
  events: Events,
  lifetime: Lifetime,
  collector?: Collector,
): Exchange {
  const { app, build, audienceList, clock, crypto, keyStore } = config
  const identity = { app, build, sdk, audiences: audienceList }
  const measure = createMeasure(config, lifetime)
  /** What was sent and not answered yet. It outlives a failed exchange, so that the next one sends it again. */
  let pending: Prepared | undefined

  const openKey = () => keyStore.open().catch(renewKey)

  function renewKey(cause: unknown): Promise<InstallationKey> {
    return orFail('key_store_failed', async () => {
      const key = await keyStore.renew()
      events.emit('key-renewed', { cause })
      return key
    })
  }

  async function run(key: InstallationKey): Promise<Grant> {
    const healed: unknown[] = []
    for (;;) {
      try {
        if (!pending || nameOf(pending.key) !== nameOf(key) || clock.monotonic() > pending.goodUntil) {
          pending = await prepare(key, healed.includes('evidence_failed'))
        }
        return await send(pending)
      } catch (error) {
        const { code, retryable, problem } = error as Partial<AssayClientError>
        const curable =
          code === 'challenge_stale' || code === 'key_store_failed' || (code === 'evidence_failed' && problem)
        // After other malfunctions the service may have taken the request, and the answer may be lost.
        if (curable || !retryable) pending = undefined
        if (!curable || healed.includes(code)) throw error
        healed.push(code)
        if (code === 'key_store_failed') key = await renewKey(error)
      }
    }
  }

  async function prepare(key: InstallationKey, enrols: boolean): Promise<Prepared> {
    const thumbprint = await orFail('key_store_failed', () => crypto.sha256([thumbprintInput(key.publicJwk)]))
    const request: ChallengeRequest = { ...identity, key: encodeBase64url(thumbprint) }
    const answer = await post<ChallengeResponse>(
      // Held against the contract by type only, so that the rest of it stays out of the app.
      '/v1/challenges' satisfies typeof paths.challenges,
      request,
      isChallengeResponse,
    )
    const { attestation_challenge: challenge, plan, expires_in, sentAt } = answer
    const evidence = await collector?.(answer.evidence, enrols)
    const clientData: ClientData = {
      v: 1,
      challenge,
      plan,
      ...identity,
      key: key.publicJwk,
      ...(await measure(plan, challenge)),
      evidence: evidence?.formats ?? [],
    }
    const bytes = utf8(JSON.stringify(clientData))
    const signature = await orFail('key_store_failed', () => key.sign(clientDataSigningInput(bytes)))
    const body: AttestationRequest = {
      client_data: encodeBase64url(bytes),
      signature: encodeBase64url(signature),
      evidence: (await evidence?.collect(bytes)) ?? [],
    }
    return { key, body, goodUntil: sentAt[0] + expires_in * 1000 }
  }

  async function send({ body, key }: Prepared): Promise<Grant> {
    const answer = await post<AttestationResponse>(
      '/v1/attestations' satisfies typeof paths.attestations,
      body,
      isAttestationResponse,
    )
    pending = undefined
    return { ...answer, key, offset: answer.server_time * 1000 - clock.wall() }
  }

  return { openKey, run }
}
