import { decodeStrictUtf8 } from '@assay/codec/text'
import type { FastifyInstance } from 'fastify'
import {
  mediaTypes,
  parseStrictJson,
  type JsonFault,
  type JsonValue,
  type ProblemCode,
} from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'

const maxDepth = 16
const maxItems = 4096

const problemOf: Record<JsonFault, ProblemCode> = {
  syntax: 'json_invalid',
  lone_surrogate: 'json_invalid',
  duplicate_member: 'json_duplicate_member',
  too_deep: 'json_too_deep',
  too_large: 'body_too_large',
}

/** The value that a JSON body holds. @throws ProblemError with the code of its fault. */
export function parseJsonBody(body: Uint8Array): JsonValue {
  const text = decodeStrictUtf8(body)
  if (text === undefined) throw new ProblemError('json_invalid')
  const outcome = parseStrictJson(text, { maxLength: body.length, maxDepth, maxItems })
  if (!outcome.ok) throw new ProblemError(problemOf[outcome.fault])
  return outcome.value
}

/**
 * Replaces Fastify's own JSON parser, which accepts duplicate members, with a strict one; every other type is refused.
 */
export function useStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>(mediaTypes.json, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body))
    } catch (error) {
      done(error as Error)
    }
  })
}
