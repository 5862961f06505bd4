import {
  bindingInput,
  clientDataSigningInput,
  encodeBase64url,
  paths,
  thumbprintInput,
  utf8,
  type AttestationRequest,
  type ChallengeRequest,
  type ClientData,
  type EvidenceItem,
} from '@assay/protocol'
import { AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import type { InstallationKey } from '../ports.ts'
import { sdk } from '../sdk.ts'
import type { Grant } from '../token/grant.ts'
import { readAttestationResponse, readChallengeResponse } from './answers.ts'
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
): Exchange {
  const { app, build, audienceList, clock, crypto, evidence = [], keyStore } = config
  const audiences = [...audienceList]
  const measure = createMeasure(config, lifetime)
  /** What was sent and not answered yet. It outlives a failed exchange, so that the next one sends it again. */
  let pending: Prepared | undefined

  async function openKey(): Promise<OpenedKey> {
    try {
      return await withThumbprint(await keyStore.open())
    } catch (cause) {
      return renewKey(cause)
    }
  }

  async function renewKey(cause: unknown): Promise<OpenedKey> {
    try {
      const opened = await withThumbprint(await keyStore.renew())
      events.emit('key-renewed', { cause })
      return opened
    } catch (second) {
      throw new AssayClientError('key_store_failed', { cause: second })
    }
  }

  async function withThumbprint(key: InstallationKey): Promise<OpenedKey> {
    const digest = await crypto.sha256([thumbprintInput(key.publicJwk)])
    return { key, thumbprint: encodeBase64url(digest) }
  }

  async function run(opened: OpenedKey): Promise<Grant> {
    let current = opened
    let challenges = 2
    let keys = 2
    for (;;) {
      try {
        pending = isUsable(pending, current) ? pending : await prepare(current)
        return await send(pending)
      } catch (error) {
        if (!(error instanceof AssayClientError)) throw error
        if (!isKeptAfter(error)) pending = undefined
        if (error.code === 'challenge_stale' && --challenges > 0) continue
        if (error.code !== 'key_store_failed' || --keys === 0) throw error
        current = await renewKey(error.cause ?? error)
      }
    }
  }

  function isUsable(prepared: Prepared | undefined, { thumbprint }: OpenedKey): prepared is Prepared {
    return (
      prepared !== undefined && prepared.thumbprint === thumbprint && clock.monotonic() < prepared.goodUntil
    )
  }

  async function prepare({ key, thumbprint }: OpenedKey): Promise<Prepared> {
    const request: ChallengeRequest = { app, build, sdk, key: thumbprint, audiences }
    const { value, sentAt } = await connection.post(
      paths.challenges,
      JSON.stringify(request),
      readChallengeResponse,
    )
    const { attestation_challenge: challenge, plan } = value
    const measured = await measure(plan, challenge)
    const clientData: ClientData = {
      v: 1,
      challenge,
      plan,
      key: key.publicJwk,
      app,
      build,
      sdk,
      audiences,
      ...measured,
      evidence: evidence.map(({ format }) => format),
    }
    const bytes = utf8(JSON.stringify(clientData))
    const body: AttestationRequest = {
      client_data: encodeBase64url(bytes),
      signature: encodeBase64url(await sign(key, clientDataSigningInput(bytes))),
      evidence: await collect(bytes),
    }
    return {
      key,
      thumbprint,
      body: JSON.stringify(body),
      goodUntil: sentAt.monotonic + value.expires_in * 1000,
    }
  }

  async function sign(key: InstallationKey, data: Uint8Array): Promise<Uint8Array> {
    try {
      return await key.sign(data)
    } catch (cause) {
      throw new AssayClientError('key_store_failed', { cause })
    }
  }

  async function collect(clientData: Uint8Array): Promise<EvidenceItem[]> {
    if (evidence.length === 0) return []
    const binding = encodeBase64url(await crypto.sha256([bindingInput(clientData)]))
    const items: EvidenceItem[] = []
    try {
      for (const source of evidence) items.push({ ...(await source.collect(binding)), format: source.format })
    } catch (cause) {
      throw new AssayClientError('evidence_failed', { cause })
    }
    return items
  }

  async function send({ body, key, thumbprint }: Prepared): Promise<Grant> {
    const { value, sentAt, receivedAt } = await connection.post(
      paths.attestations,
      body,
      readAttestationResponse,
    )
    pending = undefined
    return {
      key,
      thumbprint,
      tokens: value.tokens,
      refreshAfter: value.refresh_after,
      trace: value.trace,
      takenAt: sentAt,
      offset: value.server_time * 1000 - receivedAt.wall,
    }
  }

  return { openKey, run }
}

/** After these the service may have taken the request and its answer may be lost, or it had a fault of its own. */
function isKeptAfter({ code }: AssayClientError): boolean {
  return ['network', 'timeout', 'service_unavailable', 'response_invalid', 'rate_limited'].includes(code)
}
