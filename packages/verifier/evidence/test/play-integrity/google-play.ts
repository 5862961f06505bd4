import { createCipheriv, createSecretKey, sign, type KeyObject } from 'node:crypto'
import { fixedBytes, fixedKeyPair } from '@assay/testkit/fixed'
import {
  playIntegrity,
  playIntegrityContext,
  type PlayIntegrityContextInput,
  type PlayIntegrityKeys,
} from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'

/** Google Play as far as it encrypts and signs verdicts, which on demand do and say anything. */

export const now = Date.parse('2026-11-25T12:00:00Z') / 1000
export const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
export const signer = 'ab'.repeat(32)
export const digest = Buffer.from(signer, 'hex').toString('base64url')

export const decryptionSecret = fixedBytes('decryption key', 32)
export const verificationKeys = fixedKeyPair('P-256', 'Play')

type Json = Record<string, unknown>

export const requestDetails: Json = {
  requestPackageName: 'com.example.app',
  nonce: binding,
  timestampMillis: String(now * 1000 - 3000),
}
export const appIntegrity: Json = {
  appRecognitionVerdict: 'PLAY_RECOGNIZED',
  packageName: 'com.example.app',
  certificateSha256Digest: [digest],
  versionCode: '42',
}

/** The verdict about a genuine app on a genuine device. */
export const genuine: Json = {
  requestDetails,
  appIntegrity,
  deviceIntegrity: { deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'] },
  accountDetails: { appLicensingVerdict: 'LICENSED' },
}

/** What differs from a genuine token. */
export interface Changes {
  readonly payload?: Json | string
  readonly jwsHeader?: unknown
  readonly signature?: (input: Buffer) => Buffer
  /** Makes something else of the signed verdict. */
  readonly content?: (jws: string) => string | Buffer
  readonly jweHeader?: unknown
  readonly wrappingKey?: Buffer
  /** Makes something else of the five parts. */
  readonly parts?: (parts: string[]) => string[]
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export const es256 = (input: Buffer, key: KeyObject = verificationKeys.privateKey): Buffer =>
  sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })

export function token(changes: Changes = {}): string {
  const head = encode(changes.jweHeader ?? { alg: 'A256KW', enc: 'A256GCM' })
  const input = `${encode(changes.jwsHeader ?? { alg: 'ES256' })}.${encode(changes.payload ?? genuine)}`
  const signature = (changes.signature ?? es256)(Buffer.from(input))
  const jws = `${input}.${signature.toString('base64url')}`
  const content = (changes.content ?? ((each: string) => each))(jws)
  const [key, iv] = [fixedBytes('content key', 32), fixedBytes('iv', 12)]
  const wrap = createCipheriv(
    'id-aes256-wrap',
    changes.wrappingKey ?? decryptionSecret,
    Buffer.alloc(8, 0xa6),
  )
  const encryptedKey = Buffer.concat([wrap.update(key), wrap.final()])
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(head))
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(content)), cipher.final()])
  const parts = [
    head,
    ...[encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ]
  return (changes.parts ?? ((each: string[]) => each))(parts).join('.')
}

export type KeysInput = PlayIntegrityContextInput & PlayIntegrityKeys
export const contextInput: KeysInput = {
  commitment: playIntegrity.commitment(binding),
  request: 'classic',
  now,
  apps: [{ platform: 'android', package: 'com.example.app', signers: [signer] }],
  maxAgeSeconds: 300,
  decryptionKey: createSecretKey(decryptionSecret),
  verificationKey: verificationKeys.publicKey,
}

export const itemOf = (text: string) => ({ format: 'play-integrity', token: text })

/** Claims of a token with these changes, in a context with those. */
export async function verifying(changes: Changes = {}, context: Partial<KeysInput> = {}) {
  const parsed = playIntegrity.parse(itemOf(token(changes)))
  return (await playIntegrity.verify(parsed, playIntegrityContext({ ...contextInput, ...context }))).claims
}

/** The code with which it is refused, or `accepted`. */
export const refusal = (changes: Changes, context?: Partial<KeysInput>): Promise<unknown> =>
  codeOf(() => verifying(changes, context))

/** A genuine verdict but for these members. */
export const payloadWith = (members: Json): Changes => ({ payload: { ...genuine, ...members } })
