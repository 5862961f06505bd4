import { admissibleTiers, tokenKinds, tokenModes } from '@assay/protocol'
import { z } from 'zod'
import { meterForm } from '../meter/form.ts'
import { pointerForm } from '../request/json-pointer.ts'

/** Methods that a route may have. OPTIONS is answered by the proxy; TRACE and CONNECT pass nowhere. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const distinct = <T>(each: z.ZodType<T>) =>
  z
    .array(each)
    .min(1)
    .max(256)
    .refine((members) => new Set(members).size === members.length, 'has a member twice')

const apps = distinct(z.string().min(1).max(256))
const tiers = distinct(z.enum(admissibleTiers))
const url = z.string().min(1).max(2048)
const seconds = (most: number) => z.int().min(1).max(most)
const bytes = z
  .int()
  .min(1)
  .max(2 ** 40)

const fieldName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^`|~-]{1,64}$/, 'must be the name of a field')
const parameterName = z.string().regex(/^[\w.~-]{1,64}$/, 'must be the name of a query parameter')
const scalar = z.union([z.string(), z.number(), z.boolean()])

/** A value never stands in the configuration itself. */
const source = z
  .strictObject({
    file: z.string().min(1).max(4096).optional(),
    environment: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be the name of a variable')
      .optional(),
    prefix: z
      .string()
      .regex(/^[\x21-\x7e][\x20-\x7e]{0,63}$/, 'must be printable ASCII')
      .optional(),
  })
  .refine(
    ({ file, environment }) => (file === undefined) !== (environment === undefined),
    'must have `file` or `environment`, and not both',
  )

const demand = z.union([
  z.strictObject({ one_of: distinct(scalar) }),
  z.strictObject({ at_most: z.number() }),
  z.strictObject({ is: scalar }),
  z.strictObject({ absent: z.literal(true) }),
])

/** A name stands for the pointer to it. */
const memberName = z.union([
  pointerForm,
  z
    .string()
    .regex(/^[^/~]{1,256}$/, 'must be the name of a member, or a JSON pointer')
    .transform((name) => `/${name}`),
])

const set = z.union([
  scalar,
  z.strictObject({
    value: scalar,
    /** Only where other members have these values. */
    when: z.record(pointerForm, scalar),
  }),
])

const route = z.strictObject({
  /** Names the route in log lines, metrics and meters. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens'),
  methods: distinct(z.enum(methods)),
  path: z.string().min(1).max(1024),
  /** The request's path follows its own. */
  upstream: url,
  /** Accepts `http:` to another machine. */
  plain_http: z.literal(true).optional(),
  inject: z.strictObject({
    fields: z.record(fieldName, source).optional(),
    query: z.record(parameterName, source).optional(),
  }),
  /** Default: the caller's cookies and those of the answer are taken away. */
  cookies: z.literal('keep').optional(),
  /** Default: those of the proxy. */
  apps: apps.optional(),
  tiers: tiers.optional(),
  body: z.strictObject({ most_bytes: bytes }).optional(),
  time: z
    .strictObject({
      /** Until the answer begins. Default 60. */
      answer_seconds: seconds(3600).optional(),
      /** Between two pieces of the answer. Default 60. */
      idle_seconds: seconds(3600).optional(),
      /** From the request to the end of the answer. Default 600. */
      total_seconds: seconds(86_400).optional(),
    })
    .optional(),
  json: z
    .strictObject({
      /** By JSON pointer into the body. */
      demand: z.record(pointerForm, demand).optional(),
      set: z.record(pointerForm, set).optional(),
      /** The members that a body may have, by name or by pointer, in which `*` is any item. Default: any. */
      only: distinct(memberName).optional(),
    })
    .optional(),
  answers: z
    .strictObject({
      /** A value for every answer, or `keep`. Default `private, no-store`. */
      cache_control: z
        .string()
        .regex(/^[\x21-\x7e][\x20-\x7e]{0,255}$/, 'must be printable ASCII')
        .optional(),
      redirects: z.literal('pass').optional(),
      /** Names of fields that callers do not get. */
      drop_fields: distinct(fieldName).optional(),
      /** Removes the secret from bodies. */
      strip: z.literal(true).optional(),
    })
    .optional(),
  /** Default: requests are counted, and none is refused. */
  meter: meterForm.optional(),
  /** WebSocket. */
  upgrade: z.strictObject({ most_seconds: seconds(86_400), most_bytes: bytes }).optional(),
})

/** The configuration of a proxy, as its file has it. */
export const configForm = z.strictObject({
  issuer: url,
  audience: url,
  apps,
  tiers,
  /** Default `attestation`. `access`: access tokens in `Authorization`, which the upstream never sees. */
  token_kind: z.enum(tokenKinds).optional(),
  /** Default `bound`. */
  mode: z.enum(tokenModes).optional(),
  /** Base of the proxy's URLs as callers see it. Default: the audience. */
  public_base_url: url.optional(),
  /** Refuse retired builds and banned installations before their tokens expire. */
  status_list: z.literal(true).optional(),
  /** Accepts development tokens, and no others. */
  development: z.literal(true).optional(),
  /** Every proof must carry a nonce. */
  nonces: z.literal(true).optional(),
  trusted_proxies: distinct(z.string().min(1).max(64)).optional(),
  /** Web origins whose pages may call. */
  origins: distinct(
    z
      .string()
      .regex(
        /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](?::\d{1,5})?$/,
        'must be an origin',
      ),
  ).optional(),
  routes: z.array(route).min(1).max(256),
  /** Money that routes spend together, in the currency of their `meter.cost.price`. */
  budgets: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens'),
        money: z.number().positive().max(4e6),
        per: z.enum(['hour', 'day']),
      }),
    )
    .min(1)
    .max(64)
    .optional(),
})

export type ConfigForm = z.infer<typeof configForm>
export type RouteForm = z.infer<typeof route>
