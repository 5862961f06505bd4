import type { Configuration, Port, RequestCase, ServedDocument } from '../../form/request-case.ts'
import { digest } from '../../making/signing.ts'
import { closedJwt, openJwt, type OpenJwt } from './open-jwt.ts'

/** A case whose parts may be edited, each JWT in it as header, payload and the key that signs them. */
export interface OpenCase {
  configuration: Record<string, unknown>
  steps: OpenStep[]
}

export interface OpenStep {
  now: number | null
  documents: Record<string, OpenDocument>
  failing: Port[]
  method: string
  target: string
  fields: OpenField[]
}

export interface OpenField {
  name: string
  value: OpenText
}

/** A text, or a JWT with what stands before and behind it. */
export interface OpenText {
  before: string
  jwt?: OpenJwt
  after: string
}

/** `text` is in the place of that of the document. */
export interface OpenDocument {
  served: ServedDocument
  text: OpenText | undefined
}

export function openCase({ configuration, steps }: RequestCase['input']): OpenCase {
  return {
    configuration: structuredClone(configuration) as unknown as Record<string, unknown>,
    steps: steps.map(({ now, documents = {}, failing = [], request }) => ({
      now,
      documents: Object.fromEntries(
        Object.entries(documents).map(([url, served]) => [url, openDocument(served)]),
      ),
      failing: [...failing],
      method: request.method,
      target: request.target,
      fields: openFields(request.fields),
    })),
  }
}

export function openDocument(served: ServedDocument): OpenDocument {
  return { served, text: 'text' in served ? openText(served.text) : undefined }
}

const scheme = /^(?:dpop|bearer) +/i

export function openText(text: string): OpenText {
  const [before = ''] = scheme.exec(text) ?? []
  const jwt = openJwt(text.slice(before.length))
  return jwt === undefined ? { before: text, after: '' } : { before, jwt, after: '' }
}

const tokenIn = /^(?:dpop|bearer) +([A-Za-z0-9\-._~+/]+=*)$/i

function openFields(fields: readonly (readonly [string, string])[]): OpenField[] {
  const opened = fields.map(([name, value]) => ({ name, value: openText(value) }))
  const ath = athOf(fields)
  for (const { value } of opened)
    if (ath !== undefined && value.jwt?.payload.includes(`"ath":"${ath}"`)) value.jwt.ath = ath
  return opened
}

/** Of the access token that proofs of the request have to cover. */
function athOf(fields: readonly (readonly [string, string])[]): string | undefined {
  const [, value = ''] = fields.find(([name]) => name.toLowerCase() === 'authorization') ?? []
  const token = tokenIn.exec(value)?.[1]
  return token === undefined ? undefined : digest(token)
}

export function closeCase({ configuration, steps }: OpenCase): RequestCase['input'] {
  return {
    configuration: configuration as unknown as Configuration,
    steps: steps.map(({ now, documents, failing, method, target, fields }) => ({
      now,
      ...(Object.keys(documents).length === 0 ? {} : { documents: mapped(documents, closedDocument) }),
      ...(failing.length === 0 ? {} : { failing }),
      request: { method, target, fields: closedFields(fields) },
    })),
  }
}

function closedDocument({ served, text }: OpenDocument): ServedDocument {
  return text === undefined ? served : { ...served, text: closedText(text) }
}

/** A proof that covered the access token still does when that has been edited: otherwise few edits would reach what is behind. */
function closedFields(fields: readonly OpenField[]): [string, string][] {
  const ath = athOf(fields.map(({ name, value }) => [name, closedText(value)]))
  return fields.map(({ name, value }) => [name, closedText(value, ath)])
}

function closedText({ before, jwt, after }: OpenText, ath?: string): string {
  return jwt === undefined ? before + after : before + closedJwt(jwt, ath) + after
}

function mapped<T, U>(members: Record<string, T>, by: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, by(value)]))
}
