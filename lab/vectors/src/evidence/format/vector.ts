import { readFile } from 'node:fs/promises'

/** One piece of evidence with the verdict that a correct verifier reaches; the schema is beside the vectors. */
export interface Vector {
  id: string
  format: string
  /** RFC 3339: what the verifier's clock must show. */
  verifyAt: string
  trust: { anchors: string | string[] | null }
  input: Readonly<Record<string, unknown>>
  context: Readonly<Record<string, unknown>>
  expect:
    { verdict: 'accept'; claims?: Readonly<Record<string, unknown>> } | { verdict: 'reject'; why?: string }
}

export type VectorFile = { kind: 'vectors'; vectors: unknown[] } | { kind: 'other' } | { kind: 'unreadable' }

export async function readVectorFile(file: string): Promise<VectorFile> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return { kind: 'unreadable' }
  }
  if (!isRecord(content) || !Array.isArray(content['vectors'])) return { kind: 'other' }
  return { kind: 'vectors', vectors: content['vectors'] }
}

/** `undefined` unless the value has the form of a vector. */
export function asVector(value: unknown): Vector | undefined {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['format'] !== 'string')
    return undefined
  const { input, context, expect, trust } = value
  const hasParts = isRecord(input) && isRecord(context) && isRecord(trust) && isRecord(expect)
  if (!hasParts || !['accept', 'reject'].includes(String(expect['verdict']))) return undefined
  return value as unknown as Vector
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
