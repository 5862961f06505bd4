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
  type DevelopmentTokenRequest,
  type paths,
} from '@assay/protocol'
import { orFail, type AssayClientError } from '../errors/error.ts'
import type { Events } from '../runtime/events.ts'
import type { Lifetime } from '../runtime/lifetime.ts'
import type { ClientConfig } from '../options/options.ts'
import type { InstallationKey } from '../runtime/ports.ts'
import { sdk, wireVersion } from '../wire/sdk.ts'
import { nameOf, type Grant } from '../grant/grant.ts'
import { isAttestationResponse, isChallengeResponse } from '../wire/answers.ts'
import type { Post } from './connection.ts'
import type { Enrolment } from './enrolment.ts'
import { createMeasure, type MeasureText } from './measure.ts'

/** Exchanges evidence for tokens. Must not run twice at the same time. */
export interface Exchange {
  /** The installation key as in its store; none if the exchange should make it. */
  openKey(): Promise<InstallationKey | undefined>
  /**
   * One exchange for all audiences.
   *
   * @param denied why the service refuses this installation for good: thrown again where a new key would be made
   * @throws AssayClientError
   */
  run(key: InstallationKey | undefined, denied?: AssayClientError): Promise<Grant>
  /**
   * Keeps the code of an error that the service has not heard of, for the next challenge request. After an error that
   * is not retryable the next exchange reads the app again.
   */
  gaveUp(error: AssayClientError): void
  /** Client data that is written from now on carries it. */
  refer(reference: string | undefined): void
}

/** The part that only some platforms have. */
export interface PlatformParts {
  enrolment?: Enrolment
  measureText?: MeasureText
  /** What a denial, or code that cannot be read, means here: the error itself, or another one. */
  explain?: (failed: AssayClientError, signal: AbortSignal) => Promise<AssayClientError>
  /** The build, where the app learns it only after the client was made. */
  identify?: (() => Promise<string>) | undefined
}

/** A request that is ready to be sent, and is resent byte for byte: the service gives the same tokens for it. */
interface Prepared {
  key: InstallationKey
  body: AttestationRequest
  /** Monotonic time at which the challenge expires. */
  goodUntil: number
}

export function createExchange(
  config: ClientConfig,
  post: Post,
  events: Events,
  lifetime: Lifetime,
  { enrolment, measureText, explain, identify }: PlatformParts = {},
): Exchange {
  const { app, build, audienceList, clock, crypto, keyStore } = config
  const identity = { app, build, sdk, audiences: audienceList }
  let measure = createMeasure(config, lifetime, measureText)
  /**
   * The request that was sent but not answered yet. It outlives a failed exchange, so that the next one sends it
   * again.
   */
  let pending: Prepared | undefined
  let failures: readonly string[] = []
  let reference: string | undefined
  /** The plan that was carried out last, base64url, and its digest: it need not be sent again. */
  let held: readonly [plan: string, digest: string] | undefined

  async function openKey(): Promise<InstallationKey | undefined> {
    if (identify) identity.build = config.build = await lifetime.within(Infinity, identify)
    return keyStore.open().catch(renewKey)
  }

  function renewKey(cause: unknown): Promise<InstallationKey | undefined> {
    return orFail('key_store_failed', async () => {
      const key = await keyStore.renew()
      events.emit('key-renewed', { cause })
      return key
    })
  }

  function gaveUp({ code, problem, cause, retryable }: AssayClientError): void {
    // What was read of the app may be what is refused, and wrong only for a moment: a page reads while a deploy goes on.
    if (!retryable) measure = createMeasure(config, lifetime, measureText)
    const detail = (cause as { code?: unknown } | undefined)?.code
    const stated = typeof detail === 'string' ? `${code}:${detail}` : code
    const entry = /^[\w.:-]{1,64}$/.test(stated) ? stated : code
    // A problem came from the service. Of other failures, the newest four distinct codes.
    if (!problem && !failures.includes(entry)) failures = [...failures, entry].slice(-4)
  }

  async function run(key: InstallationKey | undefined, denied?: AssayClientError): Promise<Grant> {
    const secret = config.developmentSecret
    if (secret && key) {
      const request: DevelopmentTokenRequest = { v: wireVersion, ...identity, key: key.publicJwk, secret }
      return ask('/v1/development-tokens' satisfies typeof paths.developmentTokens, request, key)
    }
    const healed: unknown[] = []
    for (;;) {
      try {
        if (!pending || nameOf(pending.key) !== nameOf(key) || clock.monotonic() > pending.goodUntil) {
          pending = await prepare(key, healed.includes('evidence_failed'), denied)
        }
        return await send(pending)
      } catch (error) {
        const { code, retryable, problem } = error as Partial<AssayClientError>
        const curable =
          code === 'challenge_stale' || code === 'key_store_failed' || (code === 'evidence_failed' && problem)
        // After other malfunctions the service may have processed the request and the answer may be lost.
        if (curable || !retryable) pending = undefined
        if (explain && (code === 'attestation_denied' || code === 'measurement_failed')) {
          const failed = error as AssayClientError
          throw await lifetime
            .within(config.requestTimeout, (signal) => explain(failed, signal))
            .catch(() => failed)
        }
        if (!curable || healed.includes(code)) throw error
        healed.push(code)
        if (code === 'key_store_failed') key = await renewKey(error)
      }
    }
  }

  async function prepare(
    known: InstallationKey | undefined,
    anew: boolean,
    denied?: AssayClientError,
  ): Promise<Prepared> {
    const begun = enrolment?.begin(known, anew)
    if (denied && begun?.makesKey) throw denied
    const request: ChallengeRequest = {
      v: wireVersion,
      ...identity,
      key: known && !begun?.makesKey ? await thumbprintOf(known) : undefined,
      ...(await begun?.asks()),
      plan: held?.[1] ?? '',
      token_kinds: ['attestation', 'access'],
      failures: failures[0] ? [...failures] : undefined,
    }
    const answer = await post<ChallengeResponse>(
      // Tied to the contract by its type only, so that the rest of the contract stays out of the app.
      '/v1/challenges' satisfies typeof paths.challenges,
      request,
      (value) => isChallengeResponse({ plan: held?.[0], ...Object(value) }),
    )
    const { attestation_challenge: challenge, plan = held?.[0] ?? '', expires_in, sentAt } = answer
    failures = []
    const ready = await begun?.prepare(answer)
    const key = (ready?.key ?? known) as InstallationKey
    const { digest, ...measured } = await measure(plan, challenge)
    held = [plan, digest]
    const clientData: ClientData = {
      v: 1,
      challenge,
      plan_digest: digest,
      app,
      build,
      abi: request.abi,
      sdk,
      audiences: audienceList,
      key: key.publicJwk,
      ...measured,
      reference,
      evidence: ready?.formats ?? [],
    }
    const bytes = utf8(JSON.stringify(clientData))
    const signature = await orFail('key_store_failed', () => key.sign(clientDataSigningInput(bytes)))
    const body: AttestationRequest = {
      client_data: encodeBase64url(bytes),
      signature: encodeBase64url(signature),
      evidence: (await ready?.collect(bytes)) ?? [],
    }
    return { key, body, goodUntil: sentAt[0] + expires_in * 1000 }
  }

  async function ask(path: string, body: object, key: InstallationKey): Promise<Grant> {
    const answer = await post<AttestationResponse>(path, body, isAttestationResponse)
    return { ...answer, key, offset: answer.server_time * 1000 - clock.wall() }
  }

  async function send({ body, key }: Prepared): Promise<Grant> {
    const grant = await ask('/v1/attestations' satisfies typeof paths.attestations, body, key)
    pending = undefined
    await enrolment?.granted(key)
    return grant
  }

  function thumbprintOf({ publicJwk }: InstallationKey): Promise<string> {
    return orFail('key_store_failed', async () =>
      encodeBase64url(await crypto.sha256([thumbprintInput(publicJwk)])),
    )
  }

  return { openKey, run, gaveUp, refer: (next) => void (reference = next) }
}
