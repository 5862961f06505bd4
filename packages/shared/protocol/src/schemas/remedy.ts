import { z } from 'zod'
import { playDialogCodes, remedyKinds } from '../wire/remedy.ts'

/** What the user of an app can do about a refusal. */
export const remedy = z.union([
  z.object({ kind: z.literal('play_dialog'), type_code: z.literal(playDialogCodes) }),
  z.object({ kind: z.enum(remedyKinds).exclude(['play_dialog']) }),
])
