import { z } from 'zod'
import type { Page } from '../provisioning/page.ts'

const defaultLimit = 500

/** `after`: `next` of the page before. `limit`: 1 to 1,000 entries; 500 unless said otherwise. */
export const pageQuery = z.strictObject({
  after: z.string().min(1).max(1024).optional(),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/)
    .optional(),
})

export function pageAsked({ after, limit }: z.infer<typeof pageQuery>): Page {
  return { after, limit: limit === undefined ? defaultLimit : Number(limit) }
}
