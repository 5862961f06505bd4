import type { DevelopmentSecret } from '@assay/protocol/schemas'

/** Whether it still gives tokens. @param now milliseconds since 1970 */
export function isUsable(
  { revoked_at, expires_at }: Pick<DevelopmentSecret, 'revoked_at' | 'expires_at'>,
  now: number,
): boolean {
  return revoked_at === null && Date.parse(expires_at) > now
}
