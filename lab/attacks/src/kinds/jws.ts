import { createHmac } from 'node:crypto'

type Part = Record<string, unknown>

/** A compact JWS, parsed as anyone can. */
export interface OpenedJws {
  header: Part
  payload: Part
  /** Still encoded: header, payload, signature. */
  parts: [string, string, string]
}

export function openJws(jws: string): OpenedJws {
  const parts = jws.split('.') as OpenedJws['parts']
  return { header: decodePart(parts[0]), payload: decodePart(parts[1]), parts }
}

/** Base64url of a JSON text; objects are written as JSON. */
export function encodePart(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

function decodePart(part: string): Part {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Part
}

/** A JWS with HMAC-SHA-256 under any bytes as secret. */
export function signHs256(header: object, payload: object, secret: string | Buffer): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}
