import { randomBytes } from 'node:crypto'
import { knownMembers } from '../faults/misuse.ts'
import { guardMembers, type GuardOptions } from '../guard/guard-options.ts'
import { createGuard, type Guard } from '../guard/guard.ts'
import { createWarnings } from '../guard/warnings.ts'
import { createNodeCrypto } from './node-crypto.ts'
import type { RemoteJwks } from '../remote/remote-keys.ts'
import type { StaleStatus, StatusListOptions } from '../remote/remote-status.ts'
import { createNonces, nonceMembers, type NonceSettings, type NonceSource } from '../request/nonces.ts'

/**
 * {@link GuardOptions} with Node's own facilities as defaults: without `onDecision`, the process warns of each code once
 * a minute.
 */
export interface NodeGuardOptions extends Omit<GuardOptions, 'clock' | 'jwks' | 'nonces' | 'statusList'> {
  /** Unix milliseconds. Default: the clock of the system. */
  clock?: () => number
  /** As in {@link GuardOptions}; `fetch` defaults to Node's own. */
  jwks:
    | Exclude<GuardOptions['jwks'], RemoteJwks>
    | (Omit<RemoteJwks, 'fetch'> & Partial<Pick<RemoteJwks, 'fetch'>>)
  /** As in {@link GuardOptions}; `fetch` defaults to Node's own, `onStale` to a warning of the process. */
  statusList?: Omit<StatusListOptions, 'fetch'> & Partial<Pick<StatusListOptions, 'fetch'>>
  /** As in {@link GuardOptions}; `'mac'` for nonces with a key of this process, which no other process accepts. */
  nonces?: GuardOptions['nonces'] | 'mac'
}

/**
 * A guard on Node: `node:crypto` for signatures, the system's clock, Node's `fetch`.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing, wrong or unknown.
 */
export function createNodeGuard(options: NodeGuardOptions): Guard {
  knownMembers('the guard', options, guardMembers)
  const { nonces, statusList, crypto = createNodeCrypto(), clock = systemClock, ...given } = options
  return createGuard({
    onDecision: createWarnings(warn, clock),
    ...given,
    crypto,
    clock,
    jwks: withFetch(given.jwks),
    ...(statusList === undefined
      ? {}
      : { statusList: { fetch: globalThis.fetch, onStale: warnOfStaleStatus, ...statusList } }),
    ...(nonces === undefined
      ? {}
      : { nonces: nonces === 'mac' ? createNodeNonces({ audience: given.audience, crypto }) : nonces }),
  })
}

/**
 * Nonces with Node's own randomness.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createNodeNonces(settings: Omit<NonceSettings, 'random'>): NonceSource {
  const { random: _, ...known } = nonceMembers
  knownMembers('createNodeNonces', settings, known)
  return createNonces({ crypto: createNodeCrypto(), ...settings, random: randomBytes })
}

function withFetch(jwks: NodeGuardOptions['jwks']): GuardOptions['jwks'] {
  return typeof jwks === 'object' && jwks !== null && 'url' in jwks
    ? { fetch: globalThis.fetch, ...jwks }
    : jwks
}

/** One log line with the count, unless another place is named. */
function warnOfStaleStatus({ age, decisions }: StaleStatus): void {
  process.emitWarning(
    `the status list is ${Math.round(age)} s old; requests judged by outdated lists: ${decisions}`,
    { code: 'ASSAY_STATUS_LIST_STALE' },
  )
}

/** Without `onDecision`, an operator still learns why callers are refused. */
function warn(line: string): void {
  process.emitWarning(line, { code: 'ASSAY_REFUSED' })
}

/** The system's clock is passed in here: nothing below reads it. */
const systemClock = (): number => new Date().getTime()
