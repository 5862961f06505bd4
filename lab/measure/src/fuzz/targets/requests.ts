import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { guardErrorCodes } from '@assay/guard/codes'
import { createNodeCrypto } from '@assay/guard/node'
import { readRequests, requestKeys, runCase, type RequestCase } from '@assay/vectors/requests'
import { accepted, type Target } from '../target/target.ts'

type Members = Readonly<Record<string, unknown>>

const crypto = createNodeCrypto()
const codes: ReadonlySet<string> = new Set(guardErrorCodes)
const keys: ReadonlyMap<string, KeyObject> = new Map(
  Object.entries(requestKeys()).map(([name, key]) => [
    name,
    createPrivateKey({ key: { ...key }, format: 'jwk' }),
  ]),
)

const jwt = /^((?:DPoP|Bearer) )?([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{86}$/

const base64url = /^(?:[A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{2,4}$/
/** Characters of what is served: twice as many as any reader takes. */
const mostSpaces = 2_097_152

/**
 * A case of `requests.json`, in which a JWT may be header and payload that are signed here, so that edits reach what is behind
 * the signature. Every edited case must have coded decisions; a configuration that is misuse must be refused as such.
 */
export const target: Target = {
  async run(input) {
    const given = caseOf(input)
    if (given === undefined) return 'no case'
    try {
      const decisions = (await runCase(given, { crypto })) ?? []
      for (const [i, { code }] of decisions.entries()) {
        if (code !== 'ok' && !codes.has(code)) throw new Error(`a code that nobody knows: ${code}`)
        if (code === 'GUARD_FAILED' && given.steps[i]?.failing?.includes('request') !== true)
          throw new Error('the guard has an unexpected fault')
      }
      const { code = 'ok' } = decisions.at(-1) ?? {}
      return code === 'ok' ? accepted : code
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_INVALID_ARG_VALUE') return 'misuse'
      throw error
    }
  },
  seeds: readRequests().map(({ input }) => Buffer.from(JSON.stringify(opened(input)))),
  words: [
    'bound',
    'bearer',
    'access',
    'attestation',
    'DPoP ',
    'Bearer ',
    'ES256',
    'Ed25519',
    'at+jwt',
    '//',
    '/../',
    '#',
    ',',
  ],
}

/** The input as a case of the right form, whose contents are anybody's; `undefined` for another form. */
function caseOf(input: Uint8Array): RequestCase['input'] | undefined {
  const { configuration, steps } = membersOf(parsed(Buffer.from(input).toString('utf8')))
  if (!Array.isArray(steps)) return undefined
  return {
    configuration: configurationOf(membersOf(configuration)),
    steps: steps.slice(0, 8).map((step) => stepOf(membersOf(step))),
  } as unknown as RequestCase['input']
}

/** The guard's own options may be anything; what only the runner reads has its form. */
function configurationOf(given: Members): Members {
  const { nonces, status_list: status, ...rest } = given
  const { key, random, lifetime } = membersOf(nonces)
  return {
    ...rest,
    ...(isBase64url(key) && isBase64url(random) ? { nonces: { key, random, lifetime } } : {}),
    ...(status === undefined ? {} : { status_list: membersOf(status) }),
    jwks: membersOf(given['jwks']),
  }
}

function isBase64url(value: unknown): boolean {
  return typeof value === 'string' && base64url.test(value)
}

function stepOf({ now, documents, failing, request }: Members): Members {
  const { method, target, fields } = membersOf(request)
  return {
    now: typeof now === 'number' ? now : null,
    documents: Object.fromEntries(
      Object.entries(membersOf(documents)).map(([url, served]) => [url, servedOf(membersOf(served))]),
    ),
    failing: Array.isArray(failing) ? failing : [],
    request: {
      method: textOf(method),
      target: textOf(target),
      fields: (Array.isArray(fields) ? fields : []).flatMap((field) =>
        Array.isArray(field) ? [[textOf(field[0]), signed(field[1])]] : [],
      ),
    },
  }
}

function servedOf(served: Members): Members {
  const { text, spaces } = served
  return {
    ...served,
    ...(text === undefined ? {} : { text: signed(text) }),
    ...(typeof spaces === 'number' ? { spaces: Math.min(Math.max(0, Math.floor(spaces)), mostSpaces) } : {}),
  }
}

/** JWTs as parts to edit, each with the name of the key that signed it. */
function opened(value: unknown): unknown {
  if (typeof value === 'string') return openedText(value)
  if (Array.isArray(value)) return value.map(opened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, opened(member)]))
}

/** Only what is written as `JSON.stringify` writes it: the rest is edited as text. */
function openedText(text: string): unknown {
  const [, scheme = '', head = '', body = ''] = jwt.exec(text) ?? []
  const [header, payload] = [head, body].map((part) =>
    parsed(Buffer.from(part, 'base64url').toString('utf8')),
  )
  if (header === undefined || payload === undefined) return text
  const { typ, kid, jwk } = membersOf(header)
  const isOfIssuer = jwk === undefined && kid !== undefined
  const key = isOfIssuer ? (kid === 'key-2' ? 'issuer_ed25519' : 'issuer') : 'installation'
  return typ === undefined ? text : { scheme, header, payload, key }
}

function signed(value: unknown): string {
  const { scheme, header, payload, key } = membersOf(value)
  if (header === undefined || payload === undefined) return textOf(value)
  const signer = keys.get(String(key)) ?? keys.get('stranger')
  if (signer === undefined) throw new Error('requests.json has lost its keys')
  const input = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const algorithm = signer.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const signature = sign(algorithm, Buffer.from(input), { key: signer, dsaEncoding: 'ieee-p1363' })
  return `${scheme === undefined ? '' : textOf(scheme)}${input}.${signature.toString('base64url')}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value))
}
