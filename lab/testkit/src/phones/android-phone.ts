import type { EvidenceSource } from '@assay/client'
import { utf8, type EvidenceItem } from '@assay/protocol'
import type { AndroidKeyFault } from '../google/chain-faults.ts'
import type { GoogleCa } from '../google/google-ca.ts'
import type { AndroidApp, AttestationVersion, DeviceState } from '../google/key-description.ts'
import type { Keybox } from '../google/keybox.ts'
import { newKeyPair, type KeyPair } from '../keys/key-pair.ts'

export interface AndroidPhoneOptions {
  readonly google: GoogleCa
  /** The installed app, as the phone's system names it. */
  readonly app: AndroidApp
  /** What the phone attests keys with: its own, or that of its batch. */
  readonly keybox: Keybox
  /** What differs from a genuine device. */
  readonly device?: Partial<DeviceState>
  /** Default: 400. */
  readonly version?: AttestationVersion
}

/** What is wrong with evidence from now on. An attack sets it, and unsets it. */
export interface AndroidPhoneFaults {
  keyAttestation?: AndroidKeyFault | undefined
}

/** A phone with Android and the app on it. It gives evidence to its own SDK, and to whoever it vouches for. */
export interface AndroidPhone {
  /** For the SDK: a chain at each enrolment, of a new key in the phone's key store. */
  readonly evidence: readonly EvidenceSource[]
  readonly keybox: Keybox
  readonly faults: AndroidPhoneFaults
  /** An evidence item `android-key-attestation` for any binding, of a new key. */
  attest(binding: string): EvidenceItem
  /** The same for any attestation challenge and any key: the mode in which the key is the installation key. */
  attestKey(key: KeyPair, challenge: Uint8Array): EvidenceItem
}

export function simulateAndroidPhone(options: AndroidPhoneOptions): AndroidPhone {
  const { google, app, keybox, device, version } = options
  const phone: AndroidPhone = {
    evidence: [
      {
        prepare: (purpose) =>
          purpose === 'refresh'
            ? undefined
            : { format: 'android-key-attestation', collect: (binding) => phone.attest(binding) },
      },
    ],
    keybox,
    faults: {},
    attest: (binding) => phone.attestKey(newKeyPair('P-256'), utf8(binding)),
    attestKey: (key, challenge) =>
      google.attest(keybox, key, {
        challenge,
        apps: [app],
        device,
        fault: phone.faults.keyAttestation,
        ...(version === undefined ? {} : { version }),
      }),
  }
  return phone
}
