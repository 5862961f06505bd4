import { hash } from 'node:crypto'
import { decodeStrictUtf8 } from '@assay/codec/utf8'
import {
  bindingInput,
  parseStrictJson,
  readPublicJwk,
  thumbprintInput,
  type ClientData,
  type PublicJwk,
} from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'
import type { ClientDataForm } from './ports.ts'

/** Client data taken apart; nothing of it is believed before challenge and signature have been checked. */
export interface ReadClientData {
  bytes: Buffer
  clientData: ClientData
  planBytes: Buffer
  key: PublicJwk
  /** JWK thumbprint of `key`. */
  thumbprint: string
  /** base64url(SHA-256(label ‖ bytes)). */
  binding: string
}

const maxDepth = 4

/** @throws ProblemError `client_data_malformed` */
export function readClientData(text: string, form: ClientDataForm): ReadClientData {
  const bytes = decodeStrictBase64url(text)
  const json = decodeStrictUtf8(bytes)
  if (json === undefined) throw malformed()
  const value = parseStrictJson(json, { maxLength: bytes.length, maxDepth })
  const clientData = value.ok ? form(value.value) : undefined
  if (clientData === undefined) throw malformed()
  // Its form holds the key to its members; this also decodes the coordinates.
  const key = readPublicJwk({ ...clientData.key })
  if (!key.ok) throw malformed()
  return {
    bytes,
    clientData,
    planBytes: decodeStrictBase64url(clientData.plan),
    key: key.jwk,
    thumbprint: hash('sha256', thumbprintInput(key.jwk), 'base64url'),
    binding: hash('sha256', bindingInput(bytes), 'base64url'),
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** By the length of the text modulo 4: the bits of its last character that no byte takes up. */
const unusedBits = [0, 0, 0b1111, 0b11] as const

/**
 * As `decodeBase64url` of the protocol, by Node's decoder, which is many times as fast and lenient: that the text is of
 * the alphabet only has been checked with its form; here, that it is the one text that its bytes have.
 */
function decodeStrictBase64url(text: string): Buffer {
  const rest = text.length % 4
  const last = alphabet.indexOf(text.slice(-1))
  if (rest === 1 || (last & (unusedBits[rest] as number)) !== 0) throw malformed()
  return Buffer.from(text, 'base64url')
}

function malformed(): ProblemError {
  return new ProblemError('client_data_malformed')
}
