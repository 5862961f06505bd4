import { z } from 'zod'
import { mostCounted } from '../cost/cost-rules.ts'
import { pointerForm } from '../request/json-pointer.ts'
import { parseAllowance } from './window.ts'

const allowance = z
  .string()
  .refine(
    (text) => parseAllowance(text) !== undefined,
    'must be a number per s, min, hour or day, such as 60/min',
  )
const allowances = z
  .array(allowance)
  .min(1)
  .max(8)
  .refine(
    (all) => new Set(all.map((text) => text.split('/')[1])).size === all.length,
    'has a span of time twice',
  )
const limits = {
  requests: allowances.optional(),
  cost: allowances.optional(),
}
const count = z.int().min(0).max(mostCounted)
const weight = z
  .number()
  .min(-1e9)
  .max(1e9)
  .refine((each) => each !== 0, 'must not be 0')
/** Pointers into the answer, by the units that each number counts for. */
const sum = z.record(
  pointerForm,
  z.union([weight, z.strictObject({ weight, optional: z.literal(true).optional() })]),
)
const source = z.union([pointerForm, sum])
/** Units for a byte or an item: more than 0. */
const rate = z.number().positive().max(1e9)

/** Limits for each installation, for all of its network, for its app, and for everybody: at least one of them. */
export const meterForm = z.strictObject({
  installation: z
    .strictObject({
      ...limits,
      /** Most answers that may be open at once. Default 4. */
      streams: z.int().min(1).max(10_000).optional(),
    })
    .optional(),
  network: z
    .strictObject({
      ...limits,
      /** Bits by which addresses of one network agree. Default 24. */
      ipv4: z.int().min(8).max(32).optional(),
      /** Default 56. */
      ipv6: z.int().min(32).max(64).optional(),
    })
    .optional(),
  app: z.strictObject(limits).optional(),
  /** All callers together for whom no hardware vouches. Default, where `affirming` is admitted: half of `all`. */
  software: z.strictObject(limits).optional(),
  all: z
    .strictObject({
      ...limits,
      /** Money, in the currency of `cost.price`: when it is spent, the route is closed until the window ends. */
      budget: z
        .array(z.strictObject({ money: z.number().positive().max(1e12), per: z.enum(['hour', 'day']) }))
        .min(1)
        .max(2)
        .optional(),
    })
    .optional(),
  /** Names of budgets that this route shares with others. */
  budgets: z.array(z.string()).min(1).max(8).optional(),
  cost: z
    .strictObject({
      /**
       * A member of the answer or of its events, or several, by the units that each counts for; or a list of such sums, of
       * which the largest that an answer states counts.
       */
      member: z.union([source, z.array(source).min(1).max(8)]).optional(),
      /** Those of the members that state what the input costs, before any output. */
      input: z.array(pointerForm).min(1).max(8).optional(),
      /** A field of the answer instead. */
      field: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a field')
        .optional(),
      /** Units that are reserved before, and kept where the answer ends without stating its cost. */
      reserve: z.strictObject({
        fixed: count.optional(),
        /** For each byte of the body. */
        per_byte: rate.optional(),
        /** For each item of an array in the body, or each value that a pointer with `*` leads to. */
        per_item: z.record(pointerForm, rate).optional(),
        /** Members of the body that bound the output, such as /max_tokens: all that are there are added. */
        members: z.array(pointerForm).min(1).max(8).optional(),
        /** Units instead where the body has none of the members. */
        otherwise: count.optional(),
        /** As `fixed`. */
        units: count.optional(),
        /** As `members` with one. */
        member: pointerForm.optional(),
      }),
      /** Of one unit. */
      price: z.number().positive().max(1e12).optional(),
      /** Statuses of answers that cost nothing where they state no cost. */
      free_statuses: z.array(z.int().min(400).max(599)).min(1).max(64).optional(),
    })
    .optional(),
})

export type MeterForm = z.infer<typeof meterForm>
