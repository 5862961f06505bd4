import { z } from 'zod'
import { policyIdPattern } from '../wire/app-evidence.ts'
import {
  appIdPattern,
  buildIdPattern,
  isAudience,
  sha256HexPattern,
  thumbprintPattern,
  firstImage,
  variantPattern,
} from '../wire/identifiers.ts'

/** RFC 3339 in UTC, as the service writes it. */
export const at = z.iso.datetime()
/** RFC 3339 with any offset, as it comes. */
export const time = z.iso.datetime({ offset: true })
export const count = z.int().min(0)
export const versionCode = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** PostgreSQL holds no U+0000, and a store must be movable there. */
export const freeText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !text.includes('\0'))
export const name = freeText(128)
export const note = freeText(256)

/** A list states each thing once. */
export const areDistinct = (values: readonly unknown[]) => new Set(values).size === values.length

export const appId = z.string().regex(appIdPattern)
export const buildId = z.string().regex(buildIdPattern)
/** Name of a variant; it may not be the word for the image that was registered first. */
export const variantName = z
  .string()
  .regex(variantPattern)
  .refine((text) => text !== firstImage)
export const audience = z.string().refine(isAudience)
export const policyId = z.string().regex(policyIdPattern)
export const sha256Hex = z.string().regex(sha256HexPattern)
export const thumbprint = z.string().regex(thumbprintPattern)
