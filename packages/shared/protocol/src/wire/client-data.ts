import { concat } from '../encoding/bytes.ts'
import { labelOf } from '../encoding/labels.ts'
import type { PublicJwk } from './jwk.ts'

/**
 * Answer to a probe, or a value that the environment reports: as found, judged by policy and not by the SDK. A
 * number is a safe integer: no two platforms print fractions alike. Text has at most 256 UTF-16 units.
 */
export type ProbeAnswer = boolean | number | string

/** The result of carrying out the plan. E and D themselves are never sent. */
export interface MeasurementResponse {
  /** Final value of the fold: base64url of 32 bytes. */
  response: string
  /** Segment name to base64url of its 8-byte tag, in name order. */
  tags: Record<string, string>
}

/**
 * Client data: the one JSON object that the installation key signs and that the binding commits to. Trusted only
 * after its signature and the challenge's MAC are verified. Our SDKs write members in the order of this interface; the
 * service accepts any order.
 */
export interface ClientData {
  v: 1
  /** The challenge as received, 64 base64url characters. */
  challenge: string
  /** The plan as received, base64url of its exact bytes: from clients that did not ask for a challenge that names it. */
  plan?: string | undefined
  /** base64url(SHA-256) of the plan's exact bytes: from all others. */
  plan_digest?: string | undefined
  app: string
  build: string
  /** Beside `plan_digest`: the ABI, where the challenge was asked for with one. */
  abi?: string | undefined
  /** Name and version of the SDK, as `name/version`. */
  sdk: string
  audiences: string[]
  /** The public installation key. */
  key: PublicJwk
  measurement: MeasurementResponse
  /**
   * Present exactly if the plan has `text`: the result of carrying it out over the second image; `null` if this reader
   * cannot reach the memory that it asks for.
   */
  text?: MeasurementResponse | null | undefined
  /** Probe name to answer, one for each probe that the plan asks for. */
  probes: Record<string, ProbeAnswer>
  /**
   * What the app calls its user, for support: in the form of `isReference`. It proves nothing. Left out unless the app has
   * set one.
   */
  reference?: string | undefined
  /** Kinds of evidence that follow, in order, so that stripped evidence is not treated as evidence never sent. */
  evidence: string[]
}

/**
 * SHA-256 input whose base64url digest is the binding: the one value that every piece of platform evidence commits
 * to.
 */
export function bindingInput(clientData: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labelOf('binding'), clientData)
}

/** What the installation key signs (ES256). */
export function clientDataSigningInput(clientData: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(labelOf('client-data'), clientData)
}
