import type { RequirementDocument, RuleDocument } from '../policy-document.ts'

/** Every preset rests on a measurement. */
export const measured: readonly RequirementDocument[] = [
  { claim: 'evidence.software.measured', one_of: [true] },
]

/** What is concluded where software measurement is all there is. */
export const softwareOnly: Pick<RuleDocument, 'tier' | 'reason' | 'vector'> = {
  tier: 'warning',
  reason: 'SOFTWARE_ONLY',
  vector: { app: { executables: 2 }, device: { 'runtime-opaque': 32 }, key: { 'storage-opaque': 32 } },
}

export const debuggableBuild: RuleDocument = {
  when: 'software.debuggable',
  tier: 'warning',
  reason: 'DEBUGGABLE_BUILD',
  vector: { app: { configuration: 32 } },
}

const askedForNames = [
  'js.automation',
  'js.debugger',
  'js.crypto',
  'js.replaced',
  'js.natives',
  'js.network',
  'js.emulator',
]

/**
 * What no released app does on a device of its user is contraindicated. What genuine apps do too is a warning: monitoring
 * wraps requests, polyfills replace functions of the language, a side panel makes a browser window look as if a debugger
 * were docked. Node and React Native have cryptography and `fetch` in JavaScript, so that only a browser has to show them
 * as native.
 */
export const probeRules: readonly RuleDocument[] = [
  {
    when: "software.probes.found('js.automation')",
    tier: 'contraindicated',
    reason: 'AUTOMATION',
    vector: { device: { configuration: 96 } },
  },
  {
    when: "software.probes.found('js.debugger', ['inspect', 'dev'])",
    tier: 'contraindicated',
    reason: 'DEBUGGER',
    vector: { device: { 'runtime-opaque': 96 } },
  },
  { when: "software.probes.found('js.debugger', ['docked'])", tier: 'warning', reason: 'DEBUGGER' },
  {
    when: "software.platform == 'web' && software.probes.found('js.crypto')",
    tier: 'contraindicated',
    reason: 'CRYPTO_HOOKED',
    vector: { app: { executables: 96 } },
  },
  {
    when: "software.probes.found('js.replaced', ['crypto.'])",
    tier: 'contraindicated',
    reason: 'CRYPTO_HOOKED',
    vector: { app: { executables: 96 } },
  },
  {
    when: "software.probes.found('js.replaced') || software.probes.found('js.natives')",
    tier: 'warning',
    reason: 'FUNCTIONS_REPLACED',
  },
  {
    when: "software.platform == 'web' && software.probes.found('js.network')",
    tier: 'warning',
    reason: 'NETWORK_WRAPPED',
  },
  { when: "software.probes.found('js.emulator')", tier: 'warning', reason: 'EMULATOR' },
  {
    when: askedForNames.map((probe) => `software.probes.unanswered('${probe}')`).join(' || '),
    tier: 'warning',
    reason: 'PROBE_UNANSWERED',
  },
]
