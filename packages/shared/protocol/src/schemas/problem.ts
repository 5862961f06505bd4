import { z } from 'zod'
import { playDialogCodes, remedyKinds } from '../wire/remedy.ts'

/** What the user of an app can do about a refusal. */
export const remedy = z.union([
  z.object({ kind: z.literal('play_dialog'), type_code: z.literal(playDialogCodes) }),
  z.object({ kind: z.enum(remedyKinds).exclude(['play_dialog']) }),
])

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  trace: z.string().optional(),
  errors: z
    .array(
      z.object({
        pointer: z.string(),
        code: z.string(),
        detail: z.string().optional(),
        offset: z.int().optional(),
      }),
    )
    .optional(),
  supported: z.array(z.int()).optional(),
  remedy: remedy.optional(),
  reason: z.string().optional(),
  file: z.string().optional(),
})
