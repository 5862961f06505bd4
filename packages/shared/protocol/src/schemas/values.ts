import { z } from 'zod'

/** RFC 3339, as the service writes it. */
export const at = z.iso.datetime()
export const count = z.int().min(0)
