import { z } from 'zod'
import type { AllowEntry, Ban } from '../wire/ban.ts'
import { at } from './values.ts'

export const ban = z.object({
  app: z.string(),
  kind: z.string(),
  vouching_key: z.string(),
  audience: z.string().nullable(),
  note: z.string().nullable(),
  author: z.string().nullable(),
  created_at: at,
  expires_at: at.nullable(),
}) satisfies z.ZodType<Ban>

export const allowEntry = z.object({
  app: z.string(),
  audience: z.string(),
  installation: z.string(),
  note: z.string().nullable(),
  author: z.string().nullable(),
  created_at: at,
  expires_at: at,
}) satisfies z.ZodType<AllowEntry>
