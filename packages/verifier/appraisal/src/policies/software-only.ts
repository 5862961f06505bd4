import type { Platform } from '@assay/protocol'
import { allOf, claimIs, probeFailed, probeFound } from '../conditions.ts'
import type { Policy, Rule } from '../policy.ts'

/** A probe, which of its findings count, and what follows from them. */
interface Finding extends Omit<Rule, 'when'> {
  readonly probe: string
  /** Beginnings of their names; default: any. */
  readonly names?: readonly string[]
  /** Where they count; default: everywhere. */
  readonly on?: Platform
}

/**
 * What no released app does on a device of its user is contraindicated. What genuine apps do too is a reason and no
 * more: monitoring wraps requests, polyfills replace functions of the language, a side panel makes a browser window
 * look as if a debugger were docked. Node and React Native have cryptography and `fetch` in JavaScript, so that only a
 * browser has to show them as native.
 */
const findings: readonly Finding[] = [
  {
    probe: 'js.automation',
    tier: 'contraindicated',
    reason: 'AUTOMATION',
    vector: { device: { configuration: 96 } },
  },
  {
    probe: 'js.debugger',
    names: ['inspect', 'dev'],
    tier: 'contraindicated',
    reason: 'DEBUGGER',
    vector: { device: { 'runtime-opaque': 96 } },
  },
  { probe: 'js.debugger', names: ['docked'], tier: 'warning', reason: 'DEBUGGER' },
  {
    probe: 'js.crypto',
    on: 'web',
    tier: 'contraindicated',
    reason: 'CRYPTO_HOOKED',
    vector: { app: { executables: 96 } },
  },
  {
    probe: 'js.replaced',
    names: ['crypto.'],
    tier: 'contraindicated',
    reason: 'CRYPTO_HOOKED',
    vector: { app: { executables: 96 } },
  },
  { probe: 'js.replaced', tier: 'warning', reason: 'FUNCTIONS_REPLACED' },
  { probe: 'js.natives', tier: 'warning', reason: 'FUNCTIONS_REPLACED' },
  { probe: 'js.network', on: 'web', tier: 'warning', reason: 'NETWORK_WRAPPED' },
  { probe: 'js.emulator', tier: 'warning', reason: 'EMULATOR' },
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
    ...findings.map(ruleOf),
    {
      when: probeFailed(findings.map(({ probe }) => probe)),
      tier: 'warning',
      reason: 'PROBE_UNANSWERED',
    },
  ],
}

function ruleOf({ probe, names, on, ...conclusion }: Finding): Rule {
  const found = probeFound(probe, names)
  return {
    ...conclusion,
    when: on === undefined ? found : allOf(claimIs(['software', 'platform'], on), found),
  }
}
