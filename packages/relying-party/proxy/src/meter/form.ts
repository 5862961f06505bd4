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
  cost: z
    .strictObject({
      /** A member of the answer or of its last event that has it, or several, by the units that each counts for. */
      member: z.union([pointerForm, z.record(pointerForm, z.number().positive().max(1e9))]).optional(),
      /** A field of the answer instead. */
      field: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a field')
        .optional(),
      /** Units that are reserved before, and kept where the answer ends without stating its cost. */
      reserve: z.strictObject({
        units: count.optional(),
        /** A member of the request's body besides, such as /max_tokens. */
        member: pointerForm.optional(),
        /** Units instead of the member where the body does not have it. */
        otherwise: count.optional(),
      }),
      /** Of one unit. */
      price: z.number().positive().max(1e12).optional(),
      /** Statuses of answers that cost nothing where they state no cost. */
      free_statuses: z.array(z.int().min(400).max(599)).min(1).max(64).optional(),
    })
    .optional(),
})

export type MeterForm = z.infer<typeof meterForm>
