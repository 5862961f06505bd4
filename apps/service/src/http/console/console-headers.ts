import { createHash } from 'node:crypto'

/** Of the one style in the page, which shows before the style sheet is here: no other has its digest. */
function styleDigests(page: Uint8Array): string[] {
  const styles = Buffer.from(page)
    .toString()
    .matchAll(/<style>([^<]*)<\/style>/g)
  return Array.from(
    styles,
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  )
}

/**
 * Allows only the console's own files, no inline script, no inline style but that of the page, no frame, no form to another origin; strings never
 * become script (Trusted Types), because no policy could create one.
 */
const contentSecurityPolicy = (page: Uint8Array): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...styleDigests(page)].join(' '),
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/** Headers of every answer of the console. @param page its HTML */
export const consoleHeaders = (page: Uint8Array): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(page),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
})
