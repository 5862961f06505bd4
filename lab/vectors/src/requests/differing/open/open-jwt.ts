import { createPublicKey, verify } from 'node:crypto'
import { inDer, signature, type SigningKey, withLargeS, withOtherS } from '../../making/signing.ts'
import { keys } from '../../making/world.ts'

/** Each character of header and payload is one byte, so that they may be what is no UTF-8. */
export interface OpenJwt {
  header: string
  payload: string
  /** The key that signs what has been edited. */
  key: SigningKey
  encoding: { header: PartForm; payload: PartForm }
  signature: SignatureForm
  /** Behind the signature. */
  more: string
  /** The digest in the payload, if it is that of the access token beside it. */
  ath?: string
  /** The JWT as it came, for as long as nothing is edited. */
  original: string
}

export const partForms = [
  'strict',
  'padded',
  'standard alphabet',
  'unused bit',
  'with a space',
  'empty',
] as const
export type PartForm = (typeof partForms)[number]

export const signatureForms = [
  'own',
  'by a stranger',
  'of another text',
  'other s',
  'large s',
  'DER',
  'short',
  'long',
  'padded',
  'unused bit',
  'zeros',
  'empty',
  'none',
] as const
export type SignatureForm = (typeof signatureForms)[number]

const jwt = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/

/** Those of the known cases, which come again and again. */
const opened = new Map<string, OpenJwt | undefined>()

/** `undefined` for what none of the known keys has signed: such a text is edited as a text. */
export function openJwt(text: string): OpenJwt | undefined {
  if (!opened.has(text)) opened.set(text, read(text))
  const known = opened.get(text)
  return known && { ...known, encoding: { ...known.encoding } }
}

function read(text: string): OpenJwt | undefined {
  const [, header, payload, signed] = jwt.exec(text) ?? []
  if (header === undefined || payload === undefined || signed === undefined) return undefined
  const bytes = Buffer.from(signed, 'base64url')
  const key = Object.values(keys).find((one) => isSigned(`${header}.${payload}`, bytes, one))
  if (key === undefined) return undefined
  return {
    header: decoded(header),
    payload: decoded(payload),
    key,
    encoding: { header: 'strict', payload: 'strict' },
    signature: 'own',
    more: '',
    original: text,
  }
}

const publicKeys = new Map(
  Object.values(keys).map((key) => [key, createPublicKey({ key: { ...key.jwk }, format: 'jwk' })]),
)

function isSigned(input: string, bytes: Uint8Array, key: SigningKey): boolean {
  const publicKey = publicKeys.get(key)
  if (publicKey === undefined) return false
  const algorithm = key.alg === 'ES256' ? 'sha256' : null
  return verify(algorithm, Buffer.from(input), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString('latin1')
}

export function closedJwt(open: OpenJwt, ath: string | undefined): string {
  const payload =
    open.ath === undefined || ath === undefined ? open.payload : open.payload.replace(open.ath, ath)
  const input = `${encoded(open.header, open.encoding.header)}.${encoded(payload, open.encoding.payload)}`
  const asItCame = open.signature === 'own' && open.original.startsWith(`${input}.`)
  const signed = asItCame ? open.original : `${input}${signatureOf(input, open)}`
  return signed + open.more
}

function encoded(text: string, form: PartForm): string {
  const part = Buffer.from(text, 'latin1').toString('base64url')
  switch (form) {
    case 'strict':
      return part
    case 'padded':
      return `${part}=`
    case 'standard alphabet':
      return part.replace(/-/g, '+').replace(/_/g, '/')
    case 'unused bit':
      return withUnusedBit(part)
    case 'with a space':
      return `${part.slice(0, 8)} ${part.slice(8)}`
    case 'empty':
      return ''
  }
}

/** With its dot. */
function signatureOf(input: string, { key, signature: form }: OpenJwt): string {
  const text = (bytes: Uint8Array) => `.${Buffer.from(bytes).toString('base64url')}`
  const own = () => signature(input, key)
  switch (form) {
    case 'own':
      return text(own())
    case 'by a stranger':
      return text(signature(input, keys.stranger))
    case 'of another text':
      return text(signature(`${input} `, key))
    case 'other s':
      return text(key.alg === 'ES256' ? withOtherS(own()) : own())
    case 'large s':
      return text(key.alg === 'Ed25519' ? withLargeS(own()) : own())
    case 'DER':
      return text(inDer(own()))
    case 'short':
      return text(own().subarray(1))
    case 'long':
      return text(Buffer.concat([own(), Buffer.of(0)]))
    case 'padded':
      return `${text(own())}==`
    case 'unused bit':
      return withUnusedBit(text(own()))
    case 'zeros':
      return text(Buffer.alloc(64))
    case 'empty':
      return '.'
    case 'none':
      return ''
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The next character in the place of the last one: where bits are left over, the same bytes. */
function withUnusedBit(part: string): string {
  const last = alphabet.indexOf(part.slice(-1))
  return part.slice(0, -1) + alphabet.charAt((last + 1) % 64)
}
