import { sign } from 'node:crypto'
import { encode } from 'cborg'
import { encodeBase64url, type EvidenceItem } from '@assay/protocol'
import { sha256, type AppAttestKey } from './app-attest-key.ts'
import { assertionFaults, type AppleAssertionFault } from './assertion-faults.ts'
import { genuineAssertion } from './assertion-steps.ts'
import {
  assertedData,
  attestedFlag,
  encodedState,
  extensionsFlag,
  type SignedAppState,
} from './authenticator-data.ts'

/** The request for an assertion. */
export interface AppleAssertionRequest {
  /** Team id, a dot, bundle id. */
  readonly appId: string
  /** What the app passes to the system. */
  readonly clientDataHash: Uint8Array
  /** How often the key has signed, this time included. */
  readonly counter: number
  /** What systems since iOS 27 sign of the app. Left out: an older one. */
  readonly appState?: SignedAppState | undefined
  readonly fault?: AppleAssertionFault | undefined
}

/** An evidence item `apple-app-attest-assertion`. */
export function assert(requested: AppAttestKey, request: AppleAssertionRequest): EvidenceItem {
  const steps = { ...genuineAssertion, ...(request.fault && assertionFaults[request.fault]) }
  const { appId, appState, counter } = request
  const data = assertedData(
    steps.parts({
      appId,
      flags: appState === undefined ? attestedFlag : attestedFlag | extensionsFlag,
      counter,
      extensions: encodedState(appState),
    }),
  )
  const signed = steps.data(data)
  // The system signs a hash, which ECDSA hashes once more.
  const nonce = sha256(signed, steps.clientDataHash(request.clientDataHash))
  const signature = steps.signature(sign('sha256', nonce, steps.key(requested).privateKey))
  const object = steps.object({ signature, authenticatorData: steps.sentData(signed) })
  return {
    format: 'apple-app-attest-assertion',
    assertion: encodeBase64url(steps.bytes(Buffer.from(encode(object)))),
  }
}
