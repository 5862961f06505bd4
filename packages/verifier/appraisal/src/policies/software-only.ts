import { claimIs, probeAnswered, probeFailed } from '../conditions.ts'
import type { Policy, Rule } from '../policy.ts'

/** A probe, the answer that counts against the app, and what follows from it. */
interface ProbeFinding extends Omit<Rule, 'when'> {
  readonly probe: string
  readonly answer: boolean
}

/**
 * What hints at a tool and is found on genuine devices too (monitoring wraps `fetch`, a virtual machine looks like an
 * emulator) is a reason and no more; what no released app does is contraindicated.
 */
const probeFindings: readonly ProbeFinding[] = [
  {
    probe: 'automation',
    answer: true,
    tier: 'contraindicated',
    reason: 'AUTOMATION',
    vector: { device: { configuration: 96 } },
  },
  {
    probe: 'debugger',
    answer: true,
    tier: 'contraindicated',
    reason: 'DEBUGGER',
    vector: { device: { 'runtime-opaque': 96 } },
  },
  {
    probe: 'crypto-native',
    answer: false,
    tier: 'contraindicated',
    reason: 'CRYPTO_HOOKED',
    vector: { app: { executables: 96 } },
  },
  { probe: 'fetch-native', answer: false, tier: 'warning', reason: 'FETCH_WRAPPED' },
  { probe: 'emulator', answer: true, tier: 'warning', reason: 'EMULATOR' },
]

/**
 * The policy of an app that has none of its own, while software measurement is its only evidence: `warning` at best,
 * because what was measured need not be what is executing.
 *
 * Values of the vector: the measured bytes are the registered ones (`executables` 2); an ordinary process is isolated
 * from other apps and no more (`runtime-opaque` 32); the installation key is held by software (`storage-opaque` 32).
 */
export const softwareOnlyPolicy: Policy = {
  id: 'software-only',
  version: 1,
  required: [{ claim: ['software', 'measured'], oneOf: [true] }],
  rules: [
    {
      when: claimIs(['software', 'measured'], true),
      tier: 'warning',
      reason: 'SOFTWARE_ONLY',
      vector: { app: { executables: 2 }, device: { 'runtime-opaque': 32 }, key: { 'storage-opaque': 32 } },
    },
    {
      when: claimIs(['software', 'debuggable'], true),
      tier: 'warning',
      reason: 'DEBUGGABLE_BUILD',
      vector: { app: { configuration: 32 } },
    },
    {
      when: claimIs(['software', 'live'], 'absent', 'not_asked'),
      tier: 'warning',
      reason: 'LIVE_CODE_NOT_COMPARED',
    },
    ...probeFindings.map(({ probe, answer, ...rule }) => ({ ...rule, when: probeAnswered(probe, answer) })),
    {
      when: probeFailed(probeFindings.map(({ probe }) => probe)),
      tier: 'warning',
      reason: 'PROBE_UNANSWERED',
    },
  ],
}
