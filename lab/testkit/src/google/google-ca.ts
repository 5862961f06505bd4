import type { EvidenceItem } from '@assay/protocol'
import type { KeyPair } from '../keys/key-pair.ts'
import { pemOf } from '../x509/certificate.ts'
import { createGoogleRoots } from './google-roots.ts'
import { attestKey, type AndroidKeyRequest } from './key-chain.ts'
import { createKeybox, type Keybox, type KeyboxOptions } from './keybox.ts'

/** Google, as far as Android Key Attestation needs it: roots of our own, and phones' keys below them. */
export interface GoogleCa {
  /** PEM of the root certificates: RSA and P-384. */
  readonly roots: readonly string[]
  /** What a phone, or a batch of phones, attests keys with. */
  keybox(options: KeyboxOptions): Keybox
  /** An evidence item `android-key-attestation` for `key`, wilfully broken on demand. */
  attest(keybox: Keybox, key: KeyPair, request: AndroidKeyRequest): EvidenceItem
}

export interface GoogleCaOptions {
  /** Milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: () => number
}

export function createGoogleCa({ now = Date.now }: GoogleCaOptions = {}): GoogleCa {
  const roots = createGoogleRoots()
  const at = (): number => Math.floor(now() / 1000)
  return {
    get roots() {
      return [pemOf(roots.rsa.certificate), pemOf(roots.ec.certificate)]
    },
    keybox: (options) => createKeybox(options, roots, at()),
    attest: (keybox, key, request) => attestKey(key, request, { keybox, roots, at: at() }),
  }
}
