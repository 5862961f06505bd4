import { encodeBase64url, utf8, type headerNames } from '@assay/protocol'
import { AssayClientError, orFail } from '../errors/error.ts'
import type { ClientConfig } from '../options/options.ts'
import type { Held, TokenSource } from '../token/token-source.ts'
import { dpopProof, signProof, type ProofForm } from '../proof/proof.ts'
import type { Url } from '../url/url.ts'

/** One request to a protected API, as it will be sent. */
export interface ProofRequest {
  /** As sent: upper case for the methods that `fetch` upper-cases. */
  method: string
  url: string | URL
  /**
   * The `Authorization` header of the request, to which the proof is bound if it carries a token. An API of the kind `access`
   * takes none of yours.
   */
  authorization?: string | null | undefined
  /** A nonce that the API gave. Default: the last one that an answer through this client's `fetch` brought. */
  nonce?: string | undefined
}

/**
 * Headers to add to one request, in the names of the standards. They are valid for that request only.
 *
 * - For an API that takes the kind `attestation`: `OAuth-Client-Attestation`, and `DPoP`; with `proof: attestationPop`,
 *   `OAuth-Client-Attestation-PoP` in place of `DPoP`.
 * - For an API that takes the kind `access`: `Authorization`, and `DPoP` unless its scheme is `Bearer`.
 */
export type ProofHeaders = Readonly<Record<string, string>>

/** The added headers: those of {@link ProofHeaders}, or the one that says why there are none. */
export type SentHeaders = ProofHeaders

/** Tokens and proofs for requests, and what the APIs say about them. */
export interface Authorizer {
  /**
   * @param unwanted a token that the API refused
   * @throws AssayClientError
   */
  authorize(
    audience: string,
    url: Url,
    request: Omit<ProofRequest, 'url'>,
    unwanted?: string,
  ): Promise<SentHeaders>
  /** Keeps the nonce that an answer brought. */
  learn(url: Url, headers: Headers): void
}

export function createAuthorizer(config: ClientConfig, tokens: TokenSource): Authorizer {
  const { clock, crypto, random, proof } = config
  /** Nonces are per server (RFC 9449 section 8.2): form of proof and origin to the last one. */
  const nonces = new Map<string, string>()
  const nonceOf = ({ field }: ProofForm, origin: string) => field + origin

  async function headersFor(
    { grant, token, token_type: scheme }: Held,
    audience: string,
    url: Url,
    { method, authorization, nonce }: Omit<ProofRequest, 'url'>,
  ): Promise<SentHeaders> {
    if (scheme && authorization) throw new AssayClientError('authorization_present')
    const own = scheme && `${scheme} ${token}`
    const field = own
      ? 'Authorization'
      : ('OAuth-Client-Attestation' satisfies (typeof headerNames)['attestation'])
    const sent = { [field]: own ?? token }
    if (scheme === 'Bearer') return sent
    const form = scheme ? dpopProof : proof
    // `ath` (RFC 9449 section 4.2), for a bearer token too: it ties the user's login to this installation.
    const accessToken = /^(bearer|dpop) +(\S+)$/i.exec(own ?? authorization ?? '')?.[2]
    const signed = await signProof(form, grant.key, {
      audience,
      url,
      method,
      jti: encodeBase64url(random(16)),
      iat: Math.floor((clock.wall() + grant.offset) / 1000),
      ath: accessToken && encodeBase64url(await crypto.sha256([utf8(accessToken)])),
      nonce: nonce ?? nonces.get(nonceOf(form, url.origin)),
    })
    return { ...sent, [form.field]: signed }
  }

  return {
    // Not `undefined`, which stands for an audience without a token: requesting that one again would not help.
    async authorize(audience, url, request, unwanted = '') {
      const held = await tokens.get(audience, (token) => token !== unwanted)
      return headersFor(held, audience, url, request).catch(async (error: unknown) => {
        if (error instanceof AssayClientError) throw error
        // The key has been lost since the token was issued: another exchange opens it again, or makes a new one.
        const other = await tokens.get(audience, (token) => token !== held.token)
        return orFail('key_store_failed', () => headersFor(other, audience, url, request))
      })
    },
    learn({ origin }, headers) {
      for (const form of [dpopProof, proof]) {
        const nonce = form.nonceFields.map((name) => headers.get(name)).find((value) => value)
        if (nonce) nonces.set(nonceOf(form, origin), nonce)
      }
    },
  }
}
