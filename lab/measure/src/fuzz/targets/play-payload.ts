import { createCipheriv, createPublicKey, createSecretKey } from 'node:crypto'
import {
  playIntegrity,
  playIntegrityContext,
  PlayIntegrityError,
  playIntegrityErrorCodes,
  type PlayIntegrityContext,
  type PlayIntegrityContextInput,
} from '@assay/evidence/play-integrity'
import { fuzzingKey, signTexts } from '../inputs/fuzzing-keys.ts'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'

const key = fuzzingKey('play integrity')
const otherKey = fuzzingKey('not play integrity')
const decryptionKey = createSecretKey(Buffer.alloc(32, 1))
const contentKey = Buffer.alloc(32, 2)
const now = 1_790_000_000
const nonce = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
const certificate = Buffer.alloc(32, 3)

const classic = {
  decryptionKey,
  verificationKey: createPublicKey(key.privateKey),
  commitment: Buffer.from(nonce),
  request: 'classic',
  now,
  apps: [{ platform: 'android', package: 'com.example.app', signers: [certificate.toString('hex')] }],
  maxAgeSeconds: 600,
} as const satisfies PlayIntegrityContextInput

/** What the token is checked against: the member `context` of an input that has a `payload`. */
const contexts = {
  classic: playIntegrityContext(classic),
  standard: playIntegrityContext({ ...classic, request: 'standard' }),
}

const payload = {
  requestDetails: { requestPackageName: 'com.example.app', nonce, timestampMillis: `${now}000` },
  appIntegrity: {
    appRecognitionVerdict: 'PLAY_RECOGNIZED',
    packageName: 'com.example.app',
    certificateSha256Digest: [certificate.toString('base64url')],
    versionCode: '42',
  },
  deviceIntegrity: {
    deviceRecognitionVerdict: ['MEETS_DEVICE_INTEGRITY'],
    deviceAttributes: { sdkVersion: 33 },
    recentDeviceActivity: { deviceActivityLevel: 'LEVEL_1' },
    deviceRecall: {
      values: { bitFirst: true, bitSecond: false, bitThird: true },
      writeDates: { yyyymmFirst: 202401, yyyymmSecond: 202402, yyyymmThird: 202403 },
    },
  },
  accountDetails: { appLicensingVerdict: 'LICENSED', accountActivity: { activityLevel: 'LEVEL_1' } },
  environmentDetails: {
    playProtectVerdict: 'NO_ISSUES',
    appAccessRiskVerdict: { appsDetected: ['KNOWN_INSTALLED'] },
  },
  testingDetails: { isTestingResponse: false },
}

const standardDetails = {
  requestPackageName: 'com.example.app',
  requestHash: nonce,
  timestampMillis: `${now}000`,
}

/**
 * The verdict inside a token of the right keys, which is encrypted and signed again around each input. An input with a
 * member `payload` says also which headers the token has.
 */
export const target: Target = {
  async run(input) {
    const { context, item } = tokenOf(Buffer.from(input).toString('utf8'))
    try {
      await playIntegrity.verify(playIntegrity.parse(item), context)
      return accepted
    } catch (error) {
      return codeOf(error, PlayIntegrityError, playIntegrityErrorCodes)
    }
  },
  seeds: [
    payload,
    { requestDetails: payload.requestDetails },
    [payload],
    { ...payload, testingDetails: { isTestingResponse: true } },
    { payload: { ...payload, requestDetails: standardDetails }, context: 'standard' },
    { payload: { ...payload, requestDetails: standardDetails } },
    { ...payload, appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } },
    { ...payload, accountDetails: {} },
    { ...payload, deviceIntegrity: {} },
    { payload, outer: { alg: 'dir', enc: 'A256GCM' } },
    { payload, outer: { alg: 'A256KW', enc: 'A256GCM', zip: 'DEF' } },
    { payload, outer: { alg: 'A256KW', enc: 'A256GCM', crit: [] } },
    { payload, inner: { alg: 'none' } },
    { payload, inner: { alg: 'ES256', crit: ['exp'] } },
    { payload, inner: [] },
    { payload, key: 'other' },
    { payload, damage: 1 },
    { payload, damage: 100 },
  ].map((value) => Buffer.from(JSON.stringify(value))),
  words: ['UNRECOGNIZED_VERSION', 'UNEVALUATED', 'com.example.other', '', `${now + 1000}000`],
}

interface Wrapped {
  readonly payload?: unknown
  readonly context?: unknown
  readonly outer?: unknown
  readonly inner?: unknown
  readonly key?: unknown
  readonly damage?: unknown
}

function tokenOf(text: string): { context: PlayIntegrityContext; item: unknown } {
  const { payload: wrapped, context, outer, inner, key: signer, damage } = wrappedIn(text)
  const content = signTexts(
    JSON.stringify(inner ?? { alg: 'ES256' }),
    wrapped === undefined ? text : JSON.stringify(wrapped),
    signer === undefined ? key : otherKey,
  )
  const token = encrypt(content, JSON.stringify(outer ?? { alg: 'A256KW', enc: 'A256GCM' }))
  return {
    context: contexts[context === 'standard' ? 'standard' : 'classic'],
    item: { format: 'play-integrity', token: damaged(token, damage) },
  }
}

function wrappedIn(text: string): Wrapped {
  try {
    const value = JSON.parse(text) as unknown
    const isWrapped = typeof value === 'object' && value !== null && Object.hasOwn(value, 'payload')
    return isWrapped ? value : {}
  } catch {
    return {}
  }
}

/** One character after the header changed. */
function damaged(token: string, at: unknown): string {
  if (typeof at !== 'number' || !(at > 0)) return token
  const place = token.indexOf('.') + Math.floor(at)
  return `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`
}

/** A JWE in compact form under A256KW and A256GCM, whatever its header says. */
function encrypt(content: string, stated: string): string {
  const header = Buffer.from(stated).toString('base64url')
  const wrap = createCipheriv('id-aes256-wrap', decryptionKey, Buffer.alloc(8, 0xa6))
  const encryptedKey = Buffer.concat([wrap.update(contentKey), wrap.final()])
  const iv = Buffer.alloc(12)
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv)
  cipher.setAAD(Buffer.from(header, 'ascii'))
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()])
  const parts = [encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  return [header, ...parts].join('.')
}
