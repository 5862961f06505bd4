import { statusListPath } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import type { KeySource } from '../jwks/key-source.ts'
import type { StatusExpectations } from '../status/read-status-list.ts'
import { RemoteStatus } from '../status/remote-status.ts'
import { checkFetchedUrl } from './check-url.ts'
import type { GuardOptions, StatusListOptions } from './guard-options.ts'
import { functionOf, knownMembers, numberWithin, oneOf, optionalFunction } from './misuse.ts'

const members: Readonly<Record<keyof StatusListOptions, true>> = {
  url: true,
  fetch: true,
  maxAge: true,
  timeout: true,
  maxBytes: true,
  staleIfError: true,
  whenStale: true,
  onStale: true,
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkStatus(
  status: StatusListOptions,
  verification: { crypto: GuardCrypto; keys: KeySource; expected: StatusExpectations },
  {
    clock,
    admitsPlainHttp,
    onFault,
  }: { clock: () => number; admitsPlainHttp: boolean; onFault: GuardOptions['onFault'] },
): RemoteStatus {
  knownMembers('statusList', status, members)
  const { issuer, audience } = verification.expected
  const url = status.url ?? issuer + statusListPath(audience)
  const maxAge = numberWithin('statusList.maxAge', status.maxAge, { least: 5, most: 600, otherwise: 20 })
  return new RemoteStatus(verification, {
    url: checkFetchedUrl('statusList.url', url, admitsPlainHttp),
    fetch: functionOf('statusList.fetch', status.fetch),
    clock: () => clock() / 1000,
    maxAge,
    // Half of the age: as often as the background renewal starts.
    cooldown: maxAge / 2,
    timeout: numberWithin('statusList.timeout', status.timeout, { least: 0.05, most: 60, otherwise: 5 }),
    maxBytes: numberWithin('statusList.maxBytes', status.maxBytes, {
      least: 1024,
      most: 16_777_216,
      otherwise: 1_048_576,
    }),
    staleIfError: numberWithin('statusList.staleIfError', status.staleIfError, {
      least: 0,
      most: 3600,
      otherwise: 3600,
    }),
    whenStale:
      status.whenStale === undefined
        ? 'serve'
        : oneOf('statusList.whenStale', status.whenStale, ['serve', 'fail']),
    onStale: optionalFunction('statusList.onStale', status.onStale),
    onFault,
  })
}
