import type { FaultyPlace } from '@assay/protocol'

/** What a member of a request must be, for those that people type. The service reports a fault only by a code. */
const rules: Readonly<Record<string, string>> = {
  id: 'an app id has 3 to 255, a build id 1 to 128 letters, digits, `.`, `_`, `-` and for builds `+`',
  audience: 'an http or https URL in normal form: host in lower case, no user, query or fragment',
  apps: 'ids of apps without repetition; an API and keys for support, registration and provenance need one, other keys take none',
  tiers: 'at least one, without repetition',
  token_lifetime: '30 to 900 seconds, at most 300 with mode bearer or token access',
  origins: 'http or https, host in lower case, port if it is not the default; no path, none twice',
  probes: 'names of probes without repetition; docs/cli.md lists them',
  signers: 'SHA-256 of certificates in 64 lower-case hex digits, none twice, at most 16',
  name: '1 to 128 characters',
  policy: '`assay policy list` shows the ids',
  key: 'a thumbprint has 43 letters, digits, `-` and `_`: `jkt` of `req.assay`',
  installation: 'a name has 43 letters, digits, `-` and `_`: `installation` of `req.assay`',
  reference: '1 to 128 bytes of UTF-8, without control characters',
  let_through: 'only a key for support takes it',
  limit: 'a whole number from 1; `--help` names the largest where there is one',
  expires_at: 'in the future; what support lets through ends within 24 hours',
}

/** `/audience: custom (an http or https URL …)` for each; without rules for what is not a member of a request. */
export function faultsInWords(errors: readonly FaultyPlace[], withRules: boolean): string {
  return errors
    .map(({ pointer, code }) => `${pointer || '/'}: ${code}${withRules ? ruleFor(pointer) : ''}`)
    .join('; ')
}

function ruleFor(pointer: string): string {
  const member = pointer.split('/')[1] ?? ''
  return Object.hasOwn(rules, member) ? ` (${rules[member] ?? ''})` : ''
}
