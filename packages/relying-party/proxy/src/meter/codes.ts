import type { CodeText } from '@assay/protocol'

/** Why the meter does not let a request through that the guard has admitted. */
export const meterFaults = {
  METER_EXCEEDED: {
    status: 429,
    title: 'More has been used than may be within this time',
    meaning:
      "A limit of the route's `meter` is reached: of the installation, its network, its app or everybody, for requests, costs or open streams. The log names it. The request was not counted.",
    action:
      'Look at `assay guard usage` for who uses most. Raise the limit if genuine apps need more; otherwise ban the installation.',
  },
  METER_REQUEST_TOO_COSTLY: {
    status: 403,
    title: 'The request alone may cost more than is allowed',
    meaning:
      "What the route's `cost.reserve` says of this request, by its length and members, is more than a whole limit of cost. The log names the limit. Nothing was sent to the upstream, and trying again does not help.",
    action:
      'Nothing, if the app never sends such requests: somebody tries to spend a budget by one prompt. Otherwise raise the limit, or let the app send less.',
  },
  METER_CALLER_UNBOUNDED: {
    status: 403,
    title: 'The token does not admit to this',
    meaning:
      'The route limits each installation and no network, and no hardware vouches for this caller (`holder_key` is `software`): it could reinstall at will. A policy of yours calls it `affirming`.',
    action: 'Limit `network` in the same unit as `installation`, if such callers are to be admitted.',
  },
  METER_FAILED: {
    status: 503,
    title: 'The request cannot be served at the moment',
    meaning:
      'Valkey, in which several proxies count together, did not answer. Nothing was sent to the upstream.',
    action: 'Check Valkey. Proofs cannot be used twice and budgets not exceeded by that.',
  },
  METER_JOURNAL_FAILED: {
    status: 503,
    title: 'The request cannot be served at the moment',
    meaning:
      'What the request reserves could not be written to the journal, because its disk is full or fails. Nothing was sent to the upstream.',
    action: 'Make space on the disk, or replace it. The proxy serves again by itself when it can write.',
  },
  METER_FULL: {
    status: 503,
    title: 'The request cannot be served at the moment',
    meaning: 'Each of the 100,000 accounts of the meter in memory has an open stream.',
    action: 'Run several processes with `--valkey`, or bound the connections in front of the proxy.',
  },
} as const satisfies Record<string, CodeText & { status: number; title: string }>
