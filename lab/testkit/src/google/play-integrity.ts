import { createSecretKey, randomBytes } from 'node:crypto'
import { CompactEncrypt, CompactSign } from 'jose'
import { utf8, type EvidenceItem } from '@assay/protocol'
import { newKeyPair } from '../keys/new-key-pair.ts'
import type { AndroidApp } from './key-description.ts'
import { verdictFaults, type PlayIntegrityFault, type PlayVerdict } from './play-integrity-faults.ts'

/** The request for a verdict. */
export interface PlayIntegrityRequest {
  /** The binding: nonce of a classic request, hash of a standard one. */
  readonly binding: string
  /** The installed app, as the phone's system names it. */
  readonly app: AndroidApp
  readonly fault?: PlayIntegrityFault | undefined
}

/** Google Play, as far as it gives verdicts on one app. */
export interface GooglePlay {
  /** The app's keys as the Play Console gives them out, base64. */
  readonly keys: { readonly decryption: string; readonly verification: string }
  /** An evidence item `play-integrity` with the token of a classic request, which the app's keys open. */
  classic(request: PlayIntegrityRequest): Promise<EvidenceItem>
  /** The same with the token of a standard request, which only Google reads. */
  standard(request: PlayIntegrityRequest): EvidenceItem
  /** What Google says that a standard token holds; `undefined` for what is not a token of the package. */
  decode(packageName: string, token: string): PlayVerdict | undefined
}

export interface GooglePlayOptions {
  /** Milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: () => number
}

export function createGooglePlay({ now = Date.now }: GooglePlayOptions = {}): GooglePlay {
  const secret = randomBytes(32)
  const signing = newKeyPair('P-256')
  const issued = new Map<string, PlayVerdict>()
  return {
    keys: { decryption: secret.toString('base64'), verification: signing.spki.toString('base64') },
    classic: async (request) => {
      const verdict = utf8(JSON.stringify(verdictOf(request, 'nonce', now())))
      const signed = await new CompactSign(verdict)
        .setProtectedHeader({ alg: 'ES256' })
        .sign(signing.privateKey)
      const encrypted = await new CompactEncrypt(utf8(signed))
        .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
        .encrypt(createSecretKey(secret))
      return itemOf(encrypted)
    },
    standard: (request) => {
      const token = randomBytes(400).toString('base64url')
      issued.set(token, verdictOf(request, 'requestHash', now()))
      return itemOf(token)
    },
    decode: (packageName, token) => {
      const verdict = issued.get(token)
      return verdict?.['requestDetails']?.['requestPackageName'] === packageName ? verdict : undefined
    },
  }
}

/** About the genuine app on a genuine device, unless there is a fault. */
function verdictOf(
  { binding, app, fault }: PlayIntegrityRequest,
  commitment: 'nonce' | 'requestHash',
  at: number,
): PlayVerdict {
  const digests = app.signers.map((signer) => Buffer.from(signer, 'hex').toString('base64url'))
  const genuine: PlayVerdict = {
    requestDetails: {
      requestPackageName: app.package,
      [commitment]: binding,
      timestampMillis: String(at),
    },
    appIntegrity: {
      appRecognitionVerdict: 'PLAY_RECOGNIZED',
      packageName: app.package,
      certificateSha256Digest: digests,
      versionCode: String(app.versionCode),
    },
    deviceIntegrity: { deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'] },
    accountDetails: { appLicensingVerdict: 'LICENSED' },
  }
  return fault === undefined ? genuine : verdictFaults[fault](genuine, at)
}

function itemOf(token: string): EvidenceItem {
  return { format: 'play-integrity', token }
}
