import {
  bindingInput,
  clientDataSigningInput,
  encodeBase64url,
  thumbprintInput,
  utf8,
  type AttestationRequest,
  type ChallengeRequest,
  type ClientData,
  type EvidenceItem,
  type EvidencePurpose,
  type paths,
} from '@assay/protocol'
import { orFail, type AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import type { InstallationKey, PreparedEvidence } from '../ports.ts'
import { sdk } from '../sdk.ts'
import type { Grant } from '../token/grant.ts'
import { isAttestationResponse, isChallengeResponse } from './answers.ts'
import type { Connection } from './connection.ts'
import { createMeasure } from './measure.ts'

export interface OpenedKey {
  key: InstallationKey
  thumbprint: string
}

/** Held against the contract by type only, so that the rest of it stays out of the app. */
const challengesPath: typeof paths.challenges = '/v1/challenges'
const attestationsPath: typeof paths.attestations = '/v1/attestations'

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
    const healed = new Set<string>()
    for (;;) {
      try {
        if (pending?.thumbprint !== opened.thumbprint || clock.monotonic() > pending.goodUntil) {
          pending = await prepare(opened, healed.has('evidence_failed'))
        }
        return await send(pending)
      } catch (error) {
        const { code, retryable, problem } = error as Partial<AssayClientError>
        const curable =
          code === 'challenge_stale' ||
          code === 'key_store_failed' ||
          (code === 'evidence_failed' && (purpose === 'refresh' || problem !== undefined))
        // After other malfunctions the service may have taken the request, and the answer may be lost.
        if (curable || retryable !== true) pending = undefined
        if (!curable || healed.has(code)) throw error
        healed.add(code)
        if (code === 'key_store_failed') opened = await renewKey(error)
      }
    }
  }

  async function prepare({ key, thumbprint }: OpenedKey, enrols: boolean): Promise<Prepared> {
    const request: ChallengeRequest = { app, build, sdk, key: thumbprint, audiences }
    const [answer, sentAt] = await connection.post(
      challengesPath,
      JSON.stringify(request),
      isChallengeResponse,
    )
    const { attestation_challenge: challenge, plan, expires_in } = answer
    purpose = answer.evidence && (enrols ? 'enrolment' : answer.evidence)
    const pieces = await prepareEvidence()
    const clientData: ClientData = {
      v: 1,
      challenge,
      plan,
      key: key.publicJwk,
      app,
      build,
      sdk,
      audiences,
      ...(await measure(plan, challenge)),
      evidence: pieces.map(({ format }) => format),
    }
    const bytes = utf8(JSON.stringify(clientData))
    const body: AttestationRequest = {
      client_data: encodeBase64url(bytes),
      signature: await sign(key, clientDataSigningInput(bytes)),
      evidence: await collect(pieces, bytes),
    }
    return { key, thumbprint, body: JSON.stringify(body), goodUntil: sentAt[0] + expires_in * 1000 }
  }

  function sign(key: InstallationKey, data: Uint8Array): Promise<string> {
    return orFail('key_store_failed', async () => encodeBase64url(await key.sign(data)))
  }

  async function prepareEvidence(): Promise<PreparedEvidence[]> {
    const pieces: PreparedEvidence[] = []
    for (const source of evidence) {
      const wanted = purpose
      const piece = wanted && (await orFail('evidence_failed', () => source.prepare(wanted)))
      if (piece !== undefined) pieces.push(piece)
    }
    return pieces
  }

  async function collect(
    pieces: readonly PreparedEvidence[],
    clientData: Uint8Array,
  ): Promise<EvidenceItem[]> {
    const items: EvidenceItem[] = []
    const binding = await hash(bindingInput(clientData))
    for (const piece of pieces) {
      items.push({ ...(await orFail('evidence_failed', () => piece.collect(binding))), format: piece.format })
    }
    return items
  }

  async function send({ body, key, thumbprint }: Prepared): Promise<Grant> {
    const [answer, takenAt] = await connection.post(attestationsPath, body, isAttestationResponse)
    const { tokens, refresh_after: refreshAfter, server_time, trace } = answer
    pending = undefined
    return {
      key,
      thumbprint,
      tokens,
      refreshAfter,
      trace,
      takenAt,
      offset: server_time * 1000 - clock.wall(),
    }
  }

  return { openKey, run }
}
