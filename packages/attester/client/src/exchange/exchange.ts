import {
  bindingInput,
  clientDataSigningInput,
  encodeBase64url,
  thumbprintInput,
  utf8,
  type AttestationRequest,
  type AttestationResponse,
  type ChallengeRequest,
  type ChallengeResponse,
  type ClientData,
  type EvidencePurpose,
  type paths,
} from '@assay/protocol'
import { orFail, type AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import type { InstallationKey } from '../ports.ts'
import { sdk } from '../sdk.ts'
import type { Grant } from '../token/grant.ts'
import { isAttestationResponse, isChallengeResponse } from './answers.ts'
import type { Collector } from './collect-evidence.ts'
import type { Connection } from './connection.ts'
import { createMeasure } from './measure.ts'

export interface OpenedKey {
  key: InstallationKey
  thumbprint: string
}

/** Evidence for tokens. Not to be run twice at the same time. */
export interface Exchange {
  /** The installation key as it stands in its store. */
  openKey(): Promise<OpenedKey>
  /** One exchange for all audiences. @throws AssayClientError */
  run(opened: OpenedKey): Promise<Grant>
}

/** A request that is ready to be sent, and sent again byte for byte: the service gives the same tokens for it. */
interface Prepared extends OpenedKey {
  body: string
  /** Monotonic, when the challenge is past its time. */
  goodUntil: number
}

export function createExchange(
  config: ClientConfig,
  connection: Connection,
  events: Events,
  lifetime: Lifetime,
  collector?: Collector,
): Exchange {
  const { app, build, audienceList, clock, crypto, keyStore } = config
  const identity = { app, build, sdk, audiences: [...audienceList] }
  const measure = createMeasure(config, lifetime)
  /** What was sent and not answered yet. It outlives a failed exchange, so that the next one sends it again. */
  let pending: Prepared | undefined
  /** What the sources of evidence were last asked for. */
  let purpose: EvidencePurpose | undefined

  const openKey = () => keyStore.open().then(withThumbprint).catch(renewKey)

  function renewKey(cause: unknown): Promise<OpenedKey> {
    return orFail('key_store_failed', async () => {
      const opened = await withThumbprint(await keyStore.renew())
      events.emit('key-renewed', { cause })
      return opened
    })
  }

  async function withThumbprint(key: InstallationKey): Promise<OpenedKey> {
    return { key, thumbprint: await hash(thumbprintInput(key.publicJwk)) }
  }

  async function hash(bytes: Uint8Array): Promise<string> {
    return encodeBase64url(await crypto.sha256([bytes]))
  }

  async function run(opened: OpenedKey): Promise<Grant> {
    const healed: unknown[] = []
    for (;;) {
      try {
        if (pending?.thumbprint !== opened.thumbprint || clock.monotonic() > pending.goodUntil) {
          pending = await prepare(opened, healed.includes('evidence_failed'))
        }
        return await send(pending)
      } catch (error) {
        const { code, retryable, problem } = error as Partial<AssayClientError>
        const curable =
          code === 'challenge_stale' ||
          code === 'key_store_failed' ||
          (code === 'evidence_failed' && (purpose === 'refresh' || problem !== undefined))
        // After other malfunctions the service may have taken the request, and the answer may be lost.
        if (curable || !retryable) pending = undefined
        if (!curable || healed.includes(code)) throw error
        healed.push(code)
        if (code === 'key_store_failed') opened = await renewKey(error)
      }
    }
  }

  async function prepare({ key, thumbprint }: OpenedKey, enrols: boolean): Promise<Prepared> {
    const request: ChallengeRequest = { ...identity, key: thumbprint }
    const answer = await connection.post<ChallengeResponse>(
      // Held against the contract by type only, so that the rest of it stays out of the app.
      '/v1/challenges' satisfies typeof paths.challenges,
      JSON.stringify(request),
      isChallengeResponse,
    )
    const { attestation_challenge: challenge, plan, expires_in, sentAt } = answer
    const wanted = (purpose = answer.evidence && (enrols ? 'enrolment' : answer.evidence))
    const evidence = await orFail('evidence_failed', () => wanted && collector?.(wanted))
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
    const binding = await hash(bindingInput(bytes))
    const body: AttestationRequest = {
      client_data: encodeBase64url(bytes),
      signature: encodeBase64url(signature),
      evidence: (await orFail('evidence_failed', () => evidence?.collect(binding))) ?? [],
    }
    return { key, thumbprint, body: JSON.stringify(body), goodUntil: sentAt[0] + expires_in * 1000 }
  }

  async function send({ body, key, thumbprint }: Prepared): Promise<Grant> {
    const answer = await connection.post<AttestationResponse>(
      '/v1/attestations' satisfies typeof paths.attestations,
      body,
      isAttestationResponse,
    )
    pending = undefined
    return { ...answer, key, thumbprint, offset: answer.server_time * 1000 - clock.wall() }
  }

  return { openKey, run }
}
