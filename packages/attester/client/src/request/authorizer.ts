import { encodeBase64url, utf8, type headerNames } from '@assay/protocol'
import { orFail } from '../error.ts'
import type { ClientConfig } from '../options.ts'
import type { Held, TokenSource } from '../token/token-source.ts'
import { signProof } from './proof.ts'

/** Names of headers are held against the contract by type only, so that the rest of it stays out of the app. */
type Names = typeof headerNames

/** One request to a protected API, as it will be sent. */
export interface ProofRequest {
  /** As sent: upper case for the methods that `fetch` writes so. */
  method: string
  url: string | URL
  /** The `Authorization` header of the request, to which the proof is bound if it carries a token. */
  authorization?: string | null | undefined
  /** A nonce that the API gave. Default: the last one that an answer through this client's `fetch` brought. */
  nonce?: string | undefined
}

/** Headers to add to one request, in the names of the standards. They are good for that request only. */
export interface ProofHeaders {
  'OAuth-Client-Attestation': string
  DPoP: string
}

/** Tokens and proofs for requests, and what the APIs say about them. */
export interface Authorizer {
  /**
   * @param unwanted a token that the API refused
   * @throws AssayClientError
   */
  authorize(audience: string, url: URL, request: ProofRequest, unwanted?: string): Promise<ProofHeaders>
  /** Keeps the nonce that an answer brought. */
  learn(url: URL, headers: Headers): void
}

export function createAuthorizer(config: ClientConfig, tokens: TokenSource): Authorizer {
  const { clock, crypto, random } = config
  /** Nonces are per server (RFC 9449 section 8.2): origin to the last one. */
  const nonces = new Map<string, string>()

  async function headersFor(
    { grant, token }: Held,
    { origin, pathname }: URL,
    { method, authorization, nonce }: ProofRequest,
  ): Promise<ProofHeaders> {
    // `ath` (RFC 9449 section 4.2), for a bearer token too: it ties the user's login to this installation.
    const accessToken = /^(bearer|dpop) +(\S+)$/i.exec(authorization ?? '')?.[2]
    const proof = await signProof(grant.key, {
      jti: encodeBase64url(random(16)),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor((clock.wall() + grant.offset) / 1000),
      ath: accessToken && encodeBase64url(await crypto.sha256([utf8(accessToken)])),
      nonce: nonce ?? nonces.get(origin),
    })
    return { 'OAuth-Client-Attestation': token, DPoP: proof } satisfies Record<
      Names['attestation' | 'dpop'],
      string
    >
  }

  return {
    // Not `undefined`, which stands for an audience without a token: asking for that one again would not help.
    async authorize(audience, url, request, unwanted = '') {
      const held = await tokens.get(audience, (token) => token !== unwanted)
      return headersFor(held, url, request).catch(async () => {
        // The key has gone since the token was issued: another exchange opens it again, or makes a new one.
        const other = await tokens.get(audience, (token) => token !== held.token)
        return orFail('key_store_failed', () => headersFor(other, url, request))
      })
    },
    learn({ origin }, headers) {
      const nonce =
        headers.get('DPoP-Nonce' satisfies Names['dpopNonce']) ??
        headers.get('OAuth-Client-Attestation-Challenge' satisfies Names['attestationChallenge'])
      if (nonce) nonces.set(origin, nonce)
    },
  }
}
