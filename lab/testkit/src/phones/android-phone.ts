import type { EvidenceSource, PreparedEvidence } from '@assay/client'
import { utf8, type EvidenceItem } from '@assay/protocol'
import type { AndroidKeyFault } from '../google/chain-faults.ts'
import type { GoogleCa } from '../google/google-ca.ts'
import type { AndroidApp, AttestationVersion, DeviceState } from '../google/key-description.ts'
import type { Keybox } from '../google/keybox.ts'
import type { PlayIntegrityFault } from '../google/play-integrity-faults.ts'
import type { GooglePlay } from '../google/play-integrity.ts'
import type { KeyPair } from '../keys/key-pair.ts'
import { newKeyPair } from '../keys/new-key-pair.ts'

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
  /** With Google Play, which gives a verdict of a classic request at each enrolment. Default: without. */
  readonly play?: GooglePlay | undefined
  /** Default: classic, which the app's own keys open. */
  readonly playRequest?: 'classic' | 'standard'
}

/** What is wrong with evidence from now on. An attack sets it, and unsets it. */
export interface AndroidPhoneFaults {
  keyAttestation?: AndroidKeyFault | undefined
  playIntegrity?: PlayIntegrityFault | undefined
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
  /** An evidence item `play-integrity` for any binding. @throws Error without Google Play */
  verdict(binding: string): Promise<EvidenceItem>
}

export function simulateAndroidPhone(options: AndroidPhoneOptions): AndroidPhone {
  const { google, app, keybox, device, version, play, playRequest = 'classic' } = options
  const phone: AndroidPhone = {
    evidence: [
      atEnrolment('android-key-attestation', (binding) => phone.attest(binding)),
      ...(play === undefined ? [] : [atEnrolment('play-integrity', (binding) => phone.verdict(binding))]),
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
    verdict: async (binding) => {
      if (play === undefined) throw new Error('this phone has no Google Play')
      return play[playRequest]({ binding, app, fault: phone.faults.playIntegrity })
    },
  }
  return phone
}

/** Remembered by the service, and not requested again at a refresh. */
function atEnrolment(format: string, collect: PreparedEvidence['collect']): EvidenceSource {
  return { prepare: (purpose) => (purpose === 'refresh' ? undefined : { format, collect }) }
}
