import type { ProblemCode } from '@assay/protocol'
import { z, type ZodType } from 'zod'
import type { Caller } from '../../authorisation/callers.ts'

/** What an endpoint answers: JSON of a form, another media type, or nothing. */
export type AnswerBody = { json: ZodType; type?: string } | { type: string } | 'nothing'

/**
 * What the document says about an endpoint in addition to its route: the route has path, method and the form of the
 * input.
 */
export interface Operation {
  readonly id: string
  readonly tag: (typeof tags)[number]['name']
  readonly summary: string
  readonly caller: Caller | 'anyone'
  readonly answers: Readonly<Record<number, AnswerBody>>
  /** The problems of this operation; those of every endpoint of its kind are added. */
  readonly problems: readonly ProblemCode[]
  /** Form of the body if the route takes bytes, or passes a part of it on to be checked later. */
  readonly body?: { json: ZodType } | { types: readonly string[] }
  readonly example?: unknown
}

export const tags = [
  { name: 'attestation', description: 'For SDKs.' },
  { name: 'discovery', description: 'For relying parties: keys, metadata, status lists, and this document.' },
  { name: 'provisioning', description: 'For operators and release pipelines: apps, builds, APIs, policies.' },
  { name: 'operations', description: 'For operators: keys, bans, traces, the state of the service.' },
] as const

/** An operation as `operations/` writes it. `answers`: a form is JSON of that form, with status 200. */
export type Entry = Omit<Operation, 'tag' | 'caller' | 'answers' | 'problems'> & {
  readonly answers: ZodType | Operation['answers']
  readonly problems?: Operation['problems']
}

/**
 * Operations of one tag for one caller; reading may be open to more. Whatever a path names may be unregistered: that
 * needs no entry.
 */
export function operations(
  tag: Operation['tag'],
  caller: Operation['caller'],
  entries: Readonly<Record<string, Entry>>,
): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(entries).map(([route, { answers: told, problems = [], ...entry }]) => [
      route,
      {
        tag,
        caller: route.startsWith('GET ') ? (reading[caller] ?? caller) : caller,
        answers: told instanceof z.ZodType ? { 200: { json: told } } : told,
        problems: [...missingOf(route), ...problems],
        ...entry,
      },
    ]),
  )
}

/** Who may read what such callers may change. */
const reading: Partial<Record<Operation['caller'], Caller>> = {
  admin: 'read',
  support: 'read',
  policy: 'read',
  registration: 'builds',
}

function missingOf(route: string): ProblemCode[] {
  const names = route.split('/')
  return [
    ...(names.includes(':app') ? (['app_not_found'] as const) : []),
    ...(names.includes(':build') ? (['build_not_found'] as const) : []),
  ]
}

export function pageOf(name: string, entry: ZodType): ZodType {
  return z.object({ [name]: z.array(entry), next: z.string().optional() })
}

export const nothing = { 204: 'nothing' } as const
