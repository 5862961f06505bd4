import type { FaultyPlace } from '@assay/protocol'

/** What a member of a request must be, for those that people type. The service reports a fault only by a code. */
const rules: Readonly<Record<string, string>> = {
  id: 'an app id has 3 to 255, a build id 1 to 128 letters, digits, `.`, `_`, `-` and for builds `+`',
  audience: 'an http or https URL in normal form: host in lower case, no user, query or fragment',
  apps: 'ids of apps without repetition; at least one, except for an admin key, which takes none',
  tiers: 'at least one, without repetition',
  token_lifetime: '30 to 900 seconds, at most 300 with mode bearer or token access',
  origins: 'http or https, host in lower case, port if it is not the default; no path, none twice',
  probes: 'names of probes without repetition; docs/cli.md lists them',
  signers: 'SHA-256 of certificates in 64 lower-case hex digits, none twice, at most 16',
  name: '1 to 128 characters',
  policy: '`assay policy list` shows the ids',
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
