import {
  createDenyList,
  createGuard,
  createMemoryReplayStore,
  createNonces,
  createWebCrypto,
  type Decision,
  type DenyEntry,
  type Guard,
  type GuardCrypto,
  type GuardOptions,
  type GuardRequest,
} from '@assay/guard'
import type {
  Configuration,
  FetchedKeys,
  Port,
  RawRequest,
  RequestCase,
  ServedDocument,
  StatedDecision,
  Step,
} from '../form/request-case.ts'

/** Runs inside each runtime, so it uses nothing of Node. */

/** A guard as a case sets it up, in the state of one of its steps. */
export interface CaseGuard {
  readonly guard: Guard
  /** Puts clock, documents and ports into the state of a step. */
  begin(step: Step): void
  /** Judges a request, and lets what it has started come to an end. */
  verify(request: GuardRequest): Promise<Decision>
}

export interface RunOptions {
  readonly crypto?: GuardCrypto
  /** How the guard is given the request. Default: a record of lists. `undefined`: this form cannot carry it. */
  readonly requestOf?: (request: RawRequest) => GuardRequest | undefined
}

/** The decision of each step; `undefined` if the form of the request cannot carry one of them. */
export async function runCase(
  { configuration, steps }: RequestCase['input'],
  { crypto = createWebCrypto(), requestOf = asRecord }: RunOptions = {},
): Promise<StatedDecision[] | undefined> {
  const requests = steps.map(({ request }) => requestOf(request))
  if (requests.includes(undefined)) return undefined
  const running = guardOf(configuration, crypto)
  const decisions: StatedDecision[] = []
  for (const [i, step] of steps.entries()) {
    running.begin(step)
    decisions.push(stated(await running.verify(requests[i] as GuardRequest)))
  }
  return decisions
}

/** Fields as a server that keeps them apart has them. */
export function asRecord({ method, target, fields }: RawRequest): GuardRequest {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    headers[key] = [...(Object.hasOwn(headers, key) ? (headers[key] as string[]) : []), value]
  }
  return { method, url: target, headers }
}

/** The runtime's own `Request`, which joins repeated fields and changes or refuses what is no HTTP. */
export function asRequest({ method, target, fields }: RawRequest): GuardRequest | undefined {
  try {
    const url = target.startsWith('/') ? `https://internal.example${target}` : target
    const request = new Request(url, { method, headers: fields.map(([name, value]) => [name, value]) })
    // Where the runtime writes another target or method than was sent, its servers do so as well.
    return request.url === url && request.method === method ? request : undefined
  } catch {
    return undefined
  }
}

function broken({ method, url }: GuardRequest): GuardRequest {
  return { method, url, headers: { get: outOfOrder } }
}

function outOfOrder(): never {
  throw new Error('out of order')
}

/** @throws TypeError where the configuration is misuse */
export function guardOf(configuration: Configuration, crypto: GuardCrypto): CaseGuard {
  let step: Pick<Step, 'now' | 'failing'> = { now: 0 }
  const documents = new Map<string, ServedDocument>()
  const clock = () => (step.now === null ? Number.NaN : step.now * 1000)
  /** The port, unless it is out of order in this step. */
  const unless =
    <Args extends unknown[], T>(name: Port, port: (...args: Args) => T) =>
    (...args: Args): T =>
      step.failing?.includes(name) === true ? outOfOrder() : port(...args)
  const fetch = async (url: string) => responseTo(documents.get(url) ?? { status: 404 })
  const store = createMemoryReplayStore({
    clock,
    ...(configuration.replay_capacity === undefined ? {} : { capacity: configuration.replay_capacity }),
  })
  const { nonces, deny_list: denied, status_list: status } = configuration
  const nonceSource =
    nonces &&
    createNonces({
      key: bytesOf(nonces.key),
      random: () => bytesOf(nonces.random),
      audience: configuration.audience,
      crypto,
      ...(nonces.lifetime === undefined ? {} : { lifetime: nonces.lifetime }),
    })
  const denyList = denied && createDenyList(denied as readonly DenyEntry[])
  const guard = createGuard({
    ...optionsOf(configuration),
    jwks: keysOf(configuration.jwks, fetch),
    clock,
    crypto: { ...crypto, sha256: unless('crypto', (data) => crypto.sha256(data)) },
    replayStore: {
      shared: false,
      addIfAbsent: unless('replay_store', (...use) => store.addIfAbsent(...use)),
    },
    ...(nonceSource && {
      nonces: {
        perNode: false,
        issue: unless('nonces', (now) => nonceSource.issue(now)),
        check: unless('nonces', (nonce, now) => nonceSource.check(nonce, now)),
      },
    }),
    ...(denyList && { denyList: { denies: unless('deny_list', (attested) => denyList.denies(attested)) } }),
    ...(status && {
      statusList: {
        fetch,
        onStale: () => undefined,
        ...defined({
          maxAge: status.max_age,
          staleIfError: status.stale_if_error,
          whenStale: status.when_stale,
          timeout: status.timeout,
        }),
      },
    }),
  })
  return {
    guard,
    begin(next) {
      step = next
      for (const [url, document] of Object.entries(next.documents ?? {})) documents.set(url, document)
    },
    async verify(request) {
      const running: Promise<unknown>[] = []
      const judged = step.failing?.includes('request') === true ? broken(request) : request
      const decision = await guard.verify(judged, { waitUntil: (promise) => void running.push(promise) })
      await Promise.allSettled(running)
      return decision
    },
  }
}

/** The members that are the guard's own options under another spelling. */
function optionsOf(given: Configuration): Omit<GuardOptions, 'jwks' | 'clock'> {
  const { issuer, audience, apps, tiers, mode } = given
  return {
    issuer,
    audience,
    apps,
    tiers,
    mode,
    ...defined({
      tokenKind: given.token_kind,
      proofs: given.proofs,
      enforcement: given.enforcement,
      publicBaseUrl: given.public_base_url,
      clockTolerance: given.clock_tolerance,
      proofMaxAge: given.proof_max_age,
      maxFieldLength: given.max_field_length,
      development: given.development,
      allowListed: given.allow_listed,
      resourceMetadata: given.resource_metadata,
    }),
  }
}

function keysOf(
  jwks: Configuration['jwks'],
  fetch: (url: string) => Promise<Response>,
): GuardOptions['jwks'] {
  if (!isFetched(jwks)) return jwks as GuardOptions['jwks']
  return {
    url: jwks.url,
    fetch,
    ...defined({
      maxAge: jwks.max_age,
      cooldown: jwks.cooldown,
      staleIfError: jwks.stale_if_error,
      maxBytes: jwks.max_bytes,
      timeout: jwks.timeout,
    }),
  }
}

const isFetched = (jwks: Configuration['jwks']): jwks is FetchedKeys => 'url' in jwks

/** As the form of the case has them, without those that are left out. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

async function responseTo(document: ServedDocument): Promise<Response> {
  if ('hangs' in document) return new Promise<never>(() => undefined)
  if ('fails' in document) throw new Error('nobody answers')
  const { status, fields = {}, text = '', bytes, spaces = 0 } = document
  const body = bytes === undefined ? text + ' '.repeat(spaces) : bytesOf(bytes)
  return new Response(status === 304 ? null : body, { status, headers: { ...fields } })
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** Fields that every refusal has. */
export const commonFields: Readonly<Record<string, string>> = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
}

export function stated(decision: Decision): StatedDecision {
  const fields = Object.fromEntries(
    Object.entries(decision.headers).filter(([name, value]) => commonFields[name] !== value),
  )
  if (!decision.ok) {
    const { status, code, body } = decision
    return { status, code, answer: body.code, fields }
  }
  const {
    ok: _,
    headers: _fields,
    wouldRefuse,
    proof,
    holderKey,
    issuedAt,
    expiresAt,
    ...attested
  } = decision
  return {
    status: 200,
    code: 'ok',
    fields,
    attested: {
      ...attested,
      holder_key: holderKey,
      issued_at: issuedAt,
      expires_at: expiresAt,
      proof,
      would_refuse: wouldRefuse,
    },
  }
}
