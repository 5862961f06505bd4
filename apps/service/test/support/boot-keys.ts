import { createHash } from 'node:crypto'
import type { BootKeysInput } from '@assay/protocol/schemas'

/** A list as makers publish it, and what is sent with it. @param publishedAt RFC 3339 */
export function bootKeysOf(
  keys: readonly string[],
  { publishedAt = '2026-04-20T18:29:32Z', ...more }: { publishedAt?: string } & Partial<BootKeysInput> = {},
): BootKeysInput {
  const timestamp = Date.parse(publishedAt) / 1000
  return inputOf(JSON.stringify({ verifiedBootKeys: keys, timestamp }), more)
}

/** Any file, with its digest. */
export function inputOf(file: string | Uint8Array, more: Partial<BootKeysInput> = {}): BootKeysInput {
  const bytes = Buffer.from(file)
  return {
    file: bytes.toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    source: 'https://example.org/attestation.json',
    ...more,
  }
}
