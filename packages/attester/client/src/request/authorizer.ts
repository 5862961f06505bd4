import { encodeBase64url, headerNames, utf8 } from '@assay/protocol'
import { AssayClientError, invalidArgument } from '../error.ts'
import type { ClientConfig } from '../options.ts'
import type { Held, TokenSource } from '../token/token-source.ts'
import { signProof } from './proof.ts'

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
  audienceOf(url: URL): string | undefined
  authorize(audience: string, request: ProofRequest, unwanted?: string): Promise<ProofHeaders>
  /** Keeps the nonce that an answer brought. */
  learn(url: URL, headers: Headers): void
}

export function createAuthorizer(config: ClientConfig, tokens: TokenSource): Authorizer {
  const { clock, crypto, protectedUrls, random } = config
  /** Nonces are per server (RFC 9449 section 8.2): origin to the last one. */
  const nonces = new Map<string, string>()

  async function authorize(
    audience: string,
    request: ProofRequest,
    unwanted?: string,
  ): Promise<ProofHeaders> {
    const held = await tokens.get(audience, { unwanted })
    try {
      return await headersFor(held, request)
    } catch {
      // The key has gone since the token was issued: another exchange opens it again or makes a new one.
      const other = await tokens.get(audience, { unwanted: held.token.token })
      try {
        return await headersFor(other, request)
      } catch (cause) {
        throw new AssayClientError('key_store_failed', { cause })
      }
    }
  }

  async function headersFor({ grant, token }: Held, request: ProofRequest): Promise<ProofHeaders> {
    const url = new URL(request.url)
    const proof = await signProof(grant.key, {
      jti: encodeBase64url(random(16)),
      htm: request.method,
      htu: url.origin + url.pathname,
      iat: Math.floor((clock.wall() + grant.offset) / 1000),
      ath: await hashOfToken(request.authorization),
      nonce: request.nonce ?? nonces.get(url.origin),
    })
    return { [headerNames.attestation]: token.token, [headerNames.dpop]: proof }
  }

  /** `ath` (RFC 9449 section 4.2), for a bearer token too: it ties the user's login to this installation. */
  async function hashOfToken(authorization: string | null | undefined): Promise<string | undefined> {
    const token = /^(?:Bearer|DPoP) +(\S+)$/i.exec(authorization ?? '')?.[1]
    return token === undefined ? undefined : encodeBase64url(await crypto.sha256([utf8(token)]))
  }

  return {
    audienceOf: protectedUrls,
    authorize,
    learn(url, headers) {
      const nonce = headers.get(headerNames.dpopNonce) ?? headers.get(headerNames.attestationChallenge)
      if (nonce !== null) nonces.set(url.origin, nonce)
    },
  }
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for text that is not a URL, or a relative one without `base`. */
export function readUrl(url: string | URL, base: string | undefined): URL {
  try {
    return new URL(url, base)
  } catch {
    throw invalidArgument('the URL of the request is not absolute and cannot be read against baseUrl')
  }
}
