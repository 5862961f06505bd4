import { hash } from 'node:crypto'
import { decodeStrictUtf8 } from '@assay/codec/text'
import {
  bindingInput,
  parseStrictJson,
  readPublicJwk,
  thumbprintInput,
  type ClientData,
  type PublicJwk,
} from '@assay/protocol'
import { decodeBase64url } from '@assay/protocol/node'
import { ProblemError } from '../../faults/problem-error.ts'
import type { ClientDataForm } from './ports.ts'

/** The plan as client data states it. `isNamed`: by its digest, and the ABI that it is for; empty: none. */
export type StatedPlan =
  { isNamed: false; bytes: Uint8Array } | { isNamed: true; digest: Uint8Array; abi: string }

/** Parsed client data; none of it is trusted before challenge and signature have been checked. */
export interface ReadClientData {
  bytes: Uint8Array
  clientData: ClientData
  plan: StatedPlan
  key: PublicJwk
  /** JWK thumbprint of `key`. */
  thumbprint: string
  /** base64url(SHA-256(label ‖ bytes)). */
  binding: string
}

const maxDepth = 4
/** No plan asks for more tags than this. */
const maxItems = 4096

/** @throws ProblemError `client_data_malformed` */
export function readClientData(text: string, form: ClientDataForm): ReadClientData {
  const bytes = decode(text)
  const json = decodeStrictUtf8(bytes)
  if (json === undefined) throw malformed()
  const value = parseStrictJson(json, { maxLength: bytes.length, maxDepth, maxItems })
  const clientData = value.ok ? form(value.value) : undefined
  if (clientData === undefined) throw malformed()
  // The form already fixes the members of the key; this also decodes the coordinates.
  const key = readPublicJwk({ ...clientData.key })
  if (!key.ok) throw malformed()
  return {
    bytes,
    clientData,
    plan: planOf(clientData),
    key: key.jwk,
    thumbprint: hash('sha256', thumbprintInput(key.jwk), 'base64url'),
    binding: hash('sha256', bindingInput(bytes), 'base64url'),
  }
}

/** Which of the two is there, the form has checked. */
function planOf({ plan = '', plan_digest: named, abi = '' }: ClientData): StatedPlan {
  if (named === undefined) return { isNamed: false, bytes: decode(plan) }
  return { isNamed: true, digest: decode(named), abi }
}

function decode(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw malformed()
  return bytes
}

function malformed(): ProblemError {
  return new ProblemError('client_data_malformed')
}
