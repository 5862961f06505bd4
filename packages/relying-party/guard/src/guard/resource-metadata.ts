import { tokenAlgorithms, type TokenKind, tokenKinds } from '@assay/protocol'
import { checkAudience, checkIssuer } from '../faults/check-url.ts'
import { distinctList, knownMembers, misuse, oneOf } from '../faults/misuse.ts'
import { type ProofMethod, proofMethods } from '../request/presented.ts'

export interface ResourceMetadataSettings {
  /** The API, as registered with the attestation service: the guard's `audience`. */
  audience: string
  /** URL of the attestation service: the guard's `issuer`. */
  issuer: string
  /** Authorization servers whose access tokens the API accepts. Default: none is named. */
  authorizationServers?: readonly string[]
  /** As for the guard. Default `attestation`. */
  tokenKind?: TokenKind
  /** As for the guard; only for `attestation`. Default `['dpop_combined']`. */
  proofs?: readonly ProofMethod[]
  /** Whether access tokens must be bound by DPoP. Default: not stated. */
  dpopBoundAccessTokensRequired?: boolean
  /** For people. */
  name?: string
  /** URL of a page for developers. */
  documentation?: string
}

/** Metadata of a protected resource (RFC 9728), and where callers look for it. */
export interface ResourceMetadata {
  /** Path at the API's own origin under which to serve `document`, as `application/json`. */
  readonly path: string
  /** The same as a URL, for the guard's `resourceMetadata`. */
  readonly url: string
  readonly document: Readonly<Record<string, unknown>>
}

const members: Readonly<Record<keyof ResourceMetadataSettings, true>> = {
  audience: true,
  issuer: true,
  tokenKind: true,
  authorizationServers: true,
  proofs: true,
  dpopBoundAccessTokensRequired: true,
  name: true,
  documentation: true,
}

/** RFC 9728 section 3.1: between host and path. */
const wellKnown = '/.well-known/oauth-protected-resource'

/**
 * The metadata of the API (RFC 9728): which proofs it accepts and whose tokens. Our own members start with `assay_`;
 * those of the client attestation draft have its names. It names no app and no tier, because those are nobody's
 * business.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createResourceMetadata(settings: ResourceMetadataSettings): ResourceMetadata {
  knownMembers('createResourceMetadata', settings, members)
  const audience = checkAudience(settings.audience)
  const issuer = checkIssuer(settings.issuer)
  const kind =
    settings.tokenKind === undefined ? 'attestation' : oneOf('tokenKind', settings.tokenKind, tokenKinds)
  const ofKind = membersOf(kind, settings.proofs)
  const servers = settings.authorizationServers
  const { origin, pathname } = new URL(audience)
  const path = wellKnown + (pathname === '/' ? '' : pathname)
  return Object.freeze({
    path,
    url: origin + path,
    document: Object.freeze({
      resource: audience,
      ...(servers === undefined ? {} : { authorization_servers: checkServers(servers) }),
      bearer_methods_supported: Object.freeze(['header']),
      dpop_signing_alg_values_supported: Object.freeze(['ES256']),
      ...optionally('dpop_bound_access_tokens_required', settings.dpopBoundAccessTokensRequired, 'boolean'),
      ...optionally('resource_name', settings.name, 'string'),
      ...optionally('resource_documentation', settings.documentation, 'string'),
      ...ofKind,
      assay_issuer: issuer,
    }),
  })
}

/** What the draft calls the tokens and their proofs; nothing for access tokens, which RFC 9449 describes. */
function membersOf(kind: TokenKind, proofs: readonly string[] | undefined): Record<string, unknown> {
  if (kind === 'access') {
    if (proofs !== undefined) throw misuse('proofs', 'absent where tokenKind is access')
    return {}
  }
  const isMethod = (text: string): text is ProofMethod => (proofMethods as readonly string[]).includes(text)
  return {
    client_attestation_signing_alg_values_supported: tokenAlgorithms,
    client_attestation_pop_signing_alg_values_supported: Object.freeze(['ES256']),
    client_attestation_pop_methods_supported: distinctList(
      'proofs',
      proofs ?? ['dpop_combined'],
      `one of: ${proofMethods.join(', ')}`,
      isMethod,
    ),
  }
}

function checkServers(servers: readonly string[]): readonly string[] {
  const isServer = (text: string): text is string => /^https?:\/\/[\x21-\x7e]+$/.test(text)
  return distinctList('authorizationServers', servers, 'an issuer URL', isServer)
}

function optionally(member: string, value: unknown, type: 'boolean' | 'string'): Record<string, unknown> {
  if (value === undefined) return {}
  if (typeof value !== type) throw misuse(member, type === 'boolean' ? 'true or false' : 'text')
  return { [member]: value }
}
