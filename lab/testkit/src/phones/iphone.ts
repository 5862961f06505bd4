import type { EvidenceSource, PreparedEvidence } from '@assay/client'
import { utf8, type EvidenceItem, type EvidencePurpose } from '@assay/protocol'
import { newAppAttestKey, sha256, type AppAttestKey } from '../apple/app-attest-key.ts'
import type { AppleCa } from '../apple/apple-ca.ts'
import type { AppleAssertionFault } from '../apple/assertion-faults.ts'
import type { AppleAttestationFault } from '../apple/attestation-faults.ts'
import type { AppleEnvironment, SignedAppState } from '../apple/authenticator-data.ts'

export interface IphoneOptions {
  readonly apple: AppleCa
  /** Team id, a dot, bundle id: of the installed app. */
  readonly appId: string
  /** Default: production. */
  readonly environment?: AppleEnvironment
  /** What iOS 27 signs of the app. Left out: an older system. */
  readonly appState?: SignedAppState
  /** A Mac instead. */
  readonly mac?: boolean
  /** The same one for several: one iPhone, on which the app makes keys for many. Default: one of its own. */
  readonly device?: object
}

/** What is wrong with evidence from now on. An attack sets it, and unsets it. */
export interface IphoneFaults {
  attestation?: AppleAttestationFault | undefined
  assertion?: AppleAssertionFault | undefined
}

/**
 * A genuine iPhone with the app on it. It gives evidence to its own SDK, and to whoever it vouches for: nothing in App
 * Attest says where the key that it vouches for is kept.
 */
export interface Iphone {
  /** For the SDK: an attestation at each enrolment, of a new key; an assertion of that key at each refresh. */
  readonly evidence: readonly EvidenceSource[]
  readonly faults: IphoneFaults
  /** The App Attest key that was attested last. */
  readonly key: AppAttestKey | undefined
  /** How often it has signed. An attack sets it back. */
  counter: number
  /**
   * An evidence item `apple-app-attest` for any binding. It is for a new key, unless the last one is to be attested
   * again.
   */
  attest(binding: string, key?: AppAttestKey): EvidenceItem
  /** An evidence item `apple-app-attest-assertion` of the last key for any binding. */
  assert(binding: string): EvidenceItem
}

export function simulateIphone(options: IphoneOptions): Iphone {
  const { apple, appId, environment, appState, mac } = options
  const request = {
    appId,
    appState,
    ...(environment === undefined ? {} : { environment }),
    ...(mac === undefined ? {} : { mac }),
  }
  let lastKey: AppAttestKey | undefined
  const phone: Iphone = {
    evidence: [{ prepare: (purpose) => prepare(purpose, phone) }],
    faults: {},
    get key() {
      return lastKey
    },
    counter: 0,
    attest: (binding, key = newAppAttestKey()) => {
      if (key !== lastKey) phone.counter = 0
      lastKey = key
      return apple.attest(key, {
        ...request,
        device: options.device ?? phone,
        clientDataHash: hashOf(binding),
        fault: phone.faults.attestation,
      })
    },
    assert: (binding) => {
      if (lastKey === undefined) throw new Error('this phone has no App Attest key yet')
      const counter = (phone.counter += 1)
      const { assertion: fault } = phone.faults
      return apple.assert(lastKey, { appId, appState, counter, clientDataHash: hashOf(binding), fault })
    },
  }
  return phone
}

function prepare(purpose: EvidencePurpose, phone: Iphone): PreparedEvidence | undefined {
  switch (purpose) {
    case 'enrolment':
      return { format: 'apple-app-attest', collect: (binding) => phone.attest(binding) }
    case 'refresh':
      return (
        phone.key && { format: 'apple-app-attest-assertion', collect: (binding) => phone.assert(binding) }
      )
  }
}

/** What the SDK passes to the system as `clientDataHash`. */
function hashOf(binding: string): Buffer {
  return sha256(utf8(binding))
}
