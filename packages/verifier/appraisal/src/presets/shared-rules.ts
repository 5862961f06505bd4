import type { RequirementDocument, RuleDocument } from '../policy/policy-document.ts'

/** Every preset rests on a measurement. */
export const measured: readonly RequirementDocument[] = [
  { claim: 'evidence.software.measured', one_of: [true] },
]

/** The conclusion if software measurement is the only evidence. */
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

/** Probes that answer with names of what they found, by SDK. */
const askedForNames = [
  ['js.automation', 'js.debugger', 'js.crypto', 'js.replaced', 'js.natives', 'js.network', 'js.emulator'],
  [
    'android.automation',
    'android.debugger',
    'android.hooks',
    'android.text',
    'android.root',
    'android.emulator',
    'android.clone',
  ],
  ['ios.debugger', 'ios.injected', 'ios.simulator', 'ios.jailbreak'],
] as const

const automated = {
  tier: 'contraindicated',
  reason: 'AUTOMATION',
  vector: { device: { configuration: 96 } },
} as const
const debugged = {
  tier: 'contraindicated',
  reason: 'DEBUGGER',
  vector: { device: { 'runtime-opaque': 96 } },
} as const
const injected = {
  tier: 'contraindicated',
  reason: 'CODE_INJECTED',
  vector: { app: { executables: 96 } },
} as const

/**
 * Found by the SDK in JavaScript. What no released app does on a user's device is contraindicated. What genuine apps
 * also do is a warning: monitoring wraps requests, polyfills replace functions of the language, a side panel makes a
 * browser window look as if a debugger were docked. Node and React Native have cryptography and `fetch` in JavaScript,
 * so only a browser must show them as native.
 */
const scriptRules: readonly RuleDocument[] = [
  { when: "software.probes.found('js.automation')", ...automated },
  { when: "software.probes.found('js.debugger', ['inspect', 'dev'])", ...debugged },
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
]

/**
 * Found by the SDK for Android. Root, emulators and clones are some users' choice, protectors and hot fixers load code
 * from memory, and old libraries relocate their text: warnings. A second user or a work profile is not a finding.
 */
const androidRules: readonly RuleDocument[] = [
  { when: "software.probes.found('android.automation')", ...automated },
  { when: "software.probes.found('android.debugger', ['jdwp', 'traced'])", ...debugged },
  {
    description: 'The installed manifest differs from the manifest of the registered build.',
    when: "!software.debuggable && software.probes.found('android.debugger', ['debuggable'])",
    ...debugged,
  },
  { when: "software.probes.found('android.hooks', ['frida', 'xposed', 'substrate'])", ...injected },
  {
    when: "software.probes.found('android.hooks') || software.probes.found('android.text')",
    tier: 'warning',
    reason: 'CODE_INJECTED',
  },
  { when: "software.probes.found('android.root')", tier: 'warning', reason: 'DEVICE_ROOTED' },
  { when: "software.probes.found('android.emulator')", tier: 'warning', reason: 'EMULATOR' },
  { when: "software.probes.found('android.clone', ['data', 'apk'])", tier: 'warning', reason: 'APP_CLONED' },
]

/**
 * Found by the SDK for iOS. Foreign libraries are recognised by their location, which has not been measured on real
 * devices yet: a warning. An app for iPhones may run on a Mac.
 */
const iosRules: readonly RuleDocument[] = [
  { when: "software.probes.found('ios.debugger', ['traced'])", ...debugged },
  { when: "software.probes.found('ios.injected', ['known', 'environment'])", ...injected },
  { when: "software.probes.found('ios.injected')", tier: 'warning', reason: 'CODE_INJECTED' },
  {
    when: "software.probes.found('ios.simulator', ['build', 'environment'])",
    tier: 'contraindicated',
    reason: 'EMULATOR',
    vector: { device: { hardware: 97 } },
  },
  { when: "software.probes.found('ios.jailbreak')", tier: 'warning', reason: 'DEVICE_ROOTED' },
]

const unanswered = (probes: readonly string[]): RuleDocument => ({
  when: probes.map((probe) => `software.probes.unanswered('${probe}')`).join(' || '),
  tier: 'warning',
  reason: 'PROBE_UNANSWERED',
})

/** Findings of the probes of any SDK. */
export const probeRules: readonly RuleDocument[] = [
  ...scriptRules,
  ...androidRules,
  ...iosRules,
  ...askedForNames.map(unanswered),
]

/**
 * Findings that no device has confirmed yet, for `observe` alone. `ios.hooks` judges how functions of the system begin,
 * and a new system release may begin them otherwise: elsewhere it would refuse genuine phones.
 */
export const unprovedProbeRules: readonly RuleDocument[] = [
  { when: "software.probes.found('ios.hooks')", tier: 'warning', reason: 'CODE_INJECTED' },
  unanswered(['ios.hooks']),
]
