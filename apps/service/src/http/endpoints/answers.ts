import type { FastifyReply } from 'fastify'
import { z, type ZodType } from 'zod'
import type { PreparedBody } from '../../system/prepared-body.ts'

/** Writes an answer itself, for as long as the connection stays open. */
export type Stream = (reply: FastifyReply) => void

/**
 * What an endpoint answers: JSON of a form, also under a media type of its own; a body that was made and compressed
 * beforehand, with the form of the JSON in it if it is JSON; a stream; or nothing.
 */
export type Answer =
  | ZodType
  | { readonly json: ZodType; readonly type: string }
  | { readonly prepared: string; readonly form?: ZodType }
  | { readonly stream: string }
  | 'nothing'

/** By status. Refusals are not among them: they are problems. */
export type Answers = Readonly<Record<number, Answer>>

type WithoutIndex<Of> = { [Name in keyof Of as string extends Name ? never : Name]: Of[Name] }
type SentMembers<Of> = { readonly [Name in keyof Of]: Sent<Of[Name]> }

/** A value of a form, in lists that nobody must be able to change; a loose form says nothing of further members. */
type Sent<Of> = Of extends readonly (infer Item)[]
  ? readonly Sent<Item>[]
  : Of extends object
    ? SentMembers<keyof WithoutIndex<Of> extends never ? Of : WithoutIndex<Of>>
    : Of

/** What a handler must return for an answer. It is sent as it is: nothing is checked, and nothing left out. */
export type BodyOf<Of> = Of extends ZodType
  ? Sent<z.output<Of>>
  : Of extends { readonly json: infer Form extends ZodType }
    ? Sent<z.output<Form>>
    : Of extends { readonly prepared: string }
      ? PreparedBody
      : Of extends { readonly stream: string }
        ? Stream
        : void

type ByStatus<Given extends Answers> = {
  [Status in keyof Given]: { readonly status: Status; readonly body: BodyOf<Given[Status]> }
}[keyof Given]

type IsOne<Of> = [Of] extends [
  (Of extends unknown ? (of: Of) => void : never) extends (of: infer All) => void ? All : never,
]
  ? true
  : false

/** What a handler returns: the body if there is one answer, and which answer it is if there are several. */
export type ResultOf<Given extends Answers> =
  IsOne<keyof Given> extends true ? BodyOf<Given[keyof Given]> : ByStatus<Given>

export const nothing = { 204: 'nothing' } as const

/** A part of a list, under the list's name; `next`, if there may be more. */
export function pageOf<Name extends string, Item extends ZodType>(
  name: Name,
  item: Item,
): z.ZodObject<Record<Name, z.ZodArray<Item>> & { next: z.ZodOptional<z.ZodString> }> {
  const list = { [name]: z.array(item) } as Record<Name, z.ZodArray<Item>>
  return z.object({ ...list, next: z.string().optional() })
}
