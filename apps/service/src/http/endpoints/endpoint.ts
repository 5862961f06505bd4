import type { ProblemCode } from '@assay/protocol'
import type { ZodType, z } from 'zod'
import type { Caller } from '../authorisation/callers.ts'
import type { Answers } from './answers.ts'

export const tags = [
  { name: 'attestation', description: 'For SDKs.' },
  { name: 'discovery', description: 'For relying parties: keys, metadata, status lists, and this document.' },
  { name: 'provisioning', description: 'For operators and release pipelines: apps, builds, APIs, policies.' },
  { name: 'operations', description: 'For operators: keys, bans, traces, the state of the service.' },
] as const

export type Tag = (typeof tags)[number]['name']

/** All that is said of an endpoint, at its route: the route is made from it, and so is the OpenAPI document. */
export interface Endpoint<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
  Given extends Answers = Answers,
> {
  /** Method and path, with `:name` for a parameter. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  /** Its name in the document, and in clients that are made from the document. */
  readonly id: string
  readonly summary: string
  readonly caller: Caller | 'anyone'
  /**
   * Reads what grows by itself or by keys of a small scope, or takes long: one at a time is carried out
   * (`http/limits/large-requests.ts`).
   */
  readonly isLarge?: true
  readonly params?: Params
  /** Without it, every query is refused. */
  readonly query?: Query
  readonly body?: Body
  /** Of the body, for the document, if the route checks only a part of it and passes the rest on. */
  readonly wholeBody?: ZodType
  /** Media types of a body that is no JSON. */
  readonly files?: readonly string[]
  readonly example?: NoInfer<z.input<Body>>
  readonly answers: Given
  /**
   * The problems of this endpoint. Added to them are those of every endpoint of its kind: of those that need a key, of
   * those that take a body, of those whose path names an app or a build.
   */
  readonly problems?: readonly ProblemCode[]
}

/** An endpoint, whatever its forms are. */
export interface TaggedEndpoint extends Omit<Endpoint, 'example'> {
  readonly tag: Tag
  readonly example?: unknown
}
