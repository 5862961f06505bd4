import type { ProbeAnswer } from '@assay/protocol'
import type { HolderKey } from '../../src/index.ts'
import {
  assertingIphone,
  browser,
  iphone,
  otherSystem,
  otherSystemWithPlay,
  pixel,
  pixelWithPlay,
  type Device,
  type Finding,
} from './devices.ts'
import { ofAndroid, ofApple, ofPlay } from './evidence-findings.ts'

const days = (count: number): number => count * 86_400
const demanded = (holderKey: HolderKey) => ({ installation: { holderKey, hardwareKeyDemanded: true } })
const enrolments = (enrolmentsToday: number) => ({ installation: { enrolmentsToday } })

const both = { 'android-key-attestation': 'required', 'play-integrity': 'required' } as const
const bothButOptional = { ...both, 'android-key-attestation': 'optional' } as const

const ofTheRegistration: readonly Finding[] = [
  {
    title: 'a chain without the verdict that is registered beside it',
    device: pixel({}, {}, { registration: { registered: both, missing: ['play-integrity'] } }),
    twin: pixelWithPlay({}, { registration: { registered: both } }),
    tier: 'warning',
    reasons: ['EVIDENCE_MISSING'],
  },
  {
    title: 'a verdict that was not read because the calls for it are spent',
    device: pixel(
      {},
      {},
      {
        registration: {
          registered: both,
          unread: [{ format: 'play-integrity', reason: 'PLAY_BUDGET_SPENT' }],
        },
      },
    ),
    twin: pixelWithPlay({}, { registration: { registered: bothButOptional } }),
    tier: 'warning',
    reasons: ['PLAY_BUDGET_SPENT'],
  },
]

const ofTheInstallation: readonly Finding[] = [
  {
    title: 'a key that hardware vouches for, where the app demands that hardware holds it',
    device: pixel({}, {}, demanded('vouched')),
    twin: pixel({}, {}, demanded('hardware')),
    tier: 'warning',
    reasons: ['HOLDER_KEY_NOT_IN_HARDWARE'],
    vector: { key: { 'storage-opaque': 32 } },
  },
  {
    title: 'six other enrolments of one App Attest key in a day',
    device: iphone({}, {}, enrolments(6)),
    twin: iphone({}, {}, enrolments(3)),
    tier: 'warning',
    reasons: ['ENROLMENTS_MANY'],
  },
  {
    title: 'six other enrolments of one remotely provisioned key in a day',
    device: pixel({}, {}, enrolments(6)),
    twin: pixel({ provisioning: 'factory', certificatesIssued: null }, {}, enrolments(60)),
    tier: 'warning',
    reasons: ['ENROLMENTS_MANY'],
  },
  {
    title: 'six other enrolments of one key in a day, when nobody knows how it was provisioned',
    device: pixel({ provisioning: 'unknown' }, {}, enrolments(6)),
    twin: pixel({ provisioning: 'unknown' }, {}, enrolments(3)),
    tier: 'warning',
    reasons: ['ENROLMENTS_MANY'],
  },
  {
    title: 'four other enrolments in a day',
    device: pixel({}, {}, enrolments(4)),
    twin: pixel({}, {}, enrolments(3)),
    tier: 'affirming',
    reasons: ['ENROLMENTS_MANY'],
  },
  {
    title: 'an App Attest key that is 31 days old and did not sign',
    device: iphone({}, {}, { ages: { 'apple-app-attest': days(31) } }),
    twin: assertingIphone({}, { ages: { 'apple-app-attest': days(31) } }),
    tier: 'warning',
    reasons: ['HARDWARE_EVIDENCE_OLD'],
  },
  {
    title: 'an App Attest key of an earlier exchange that did not sign in this one',
    device: iphone({}, {}, { ages: { 'apple-app-attest': 301 } }),
    twin: iphone({}, {}, { ages: { 'apple-app-attest': 300 } }),
    tier: 'affirming',
    reasons: ['HARDWARE_EVIDENCE_OLD'],
  },
  {
    title: 'an App Attest key that signed 31 days ago',
    device: assertingIphone(
      {},
      { ages: { 'apple-app-attest': days(40), 'apple-app-attest-assertion': days(31) } },
    ),
    twin: assertingIphone({}, { ages: { 'apple-app-attest': days(40), 'apple-app-attest-assertion': 300 } }),
    tier: 'warning',
    reasons: ['HARDWARE_EVIDENCE_OLD'],
  },
  {
    title: 'an attested Keystore key that is more than 30 days old',
    device: pixel({}, {}, { ages: { 'android-key-attestation': days(30) + 1 } }),
    twin: pixel({}, {}, { ages: { 'android-key-attestation': days(1) } }),
    tier: 'warning',
    reasons: ['HARDWARE_EVIDENCE_OLD'],
  },
  {
    title: 'an attested Keystore key that is more than a day old',
    device: pixel({}, {}, { ages: { 'android-key-attestation': days(1) + 1 } }),
    twin: pixel({}, {}, { ages: { 'android-key-attestation': days(1) } }),
    tier: 'affirming',
    reasons: ['HARDWARE_EVIDENCE_OLD'],
  },
]

const ofTheApp: readonly Finding[] = [
  {
    title: 'a debuggable build',
    device: pixel({}, { debuggable: true }),
    twin: pixel({}, { debuggable: false }),
    tier: 'warning',
    reasons: ['DEBUGGABLE_BUILD'],
    vector: { app: { configuration: 32 } },
  },
  {
    title: 'live code that was not asked for',
    device: pixel({}, { live: 'not_asked' }),
    twin: pixel({}, { live: 'matched' }),
    tier: 'warning',
    reasons: ['LIVE_CODE_NOT_COMPARED'],
  },
]

/** An answer that a probe gives, and one with which nothing is wrong. */
function probe(
  name: string,
  answers: readonly [bad: ProbeAnswer, good: ProbeAnswer],
  finding: Pick<Finding, 'tier' | 'reasons' | 'vector'>,
  platforms: readonly [string, string] = ['android', 'android'],
): Finding {
  return {
    title: `${name} answers ${String(answers[0])} on ${platforms[0]}`,
    device: pixel({}, { platform: platforms[0], probes: { [name]: answers[0] } }),
    twin: pixel({}, { platform: platforms[1], probes: { [name]: answers[1] } }),
    ...finding,
  }
}

const hooked: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['CRYPTO_HOOKED'],
  vector: { app: { executables: 96 } },
}
const debugged: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['DEBUGGER'],
  vector: { device: { 'runtime-opaque': 96 } },
}

const injected: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['CODE_INJECTED'],
  vector: { app: { executables: 96 } },
}
const automated: Pick<Finding, 'tier' | 'reasons' | 'vector'> = {
  tier: 'contraindicated',
  reasons: ['AUTOMATION'],
  vector: { device: { configuration: 96 } },
}

const ofProbes: readonly Finding[] = [
  probe('js.automation', ['webdriver', ''], automated),
  probe('js.debugger', ['inspect', ''], debugged),
  probe('js.debugger', ['dev', ''], debugged),
  probe('js.debugger', ['docked', ''], { tier: 'warning', reasons: ['DEBUGGER'] }),
  probe('js.crypto', ['crypto.subtle.sign', 'crypto.subtle.sign'], hooked, ['web', 'android']),
  {
    ...probe('js.replaced', ['crypto.subtle.sign', ''], hooked),
    reasons: ['CRYPTO_HOOKED', 'FUNCTIONS_REPLACED'],
  },
  probe('js.replaced', ['Array.prototype.map', ''], { tier: 'warning', reasons: ['FUNCTIONS_REPLACED'] }),
  probe('js.natives', ['Promise.prototype.then', ''], { tier: 'warning', reasons: ['FUNCTIONS_REPLACED'] }),
  probe('js.network', ['fetch', 'fetch'], { tier: 'warning', reasons: ['NETWORK_WRAPPED'] }, [
    'web',
    'android',
  ]),
  probe('js.emulator', ['name', ''], { tier: 'warning', reasons: ['EMULATOR'] }),
  probe('android.automation', ['monkey', ''], automated),
  probe('android.debugger', ['jdwp', ''], debugged),
  probe('android.debugger', ['traced,debuggable', ''], debugged),
  {
    ...probe('android.debugger', ['debuggable', ''], debugged),
    title: 'a manifest that is debuggable, of a build that is not',
  },
  ...['frida', 'xposed', 'substrate'].map((name) =>
    probe('android.hooks', [`${name},memory-dex`, ''], injected),
  ),
  probe('android.hooks', ['memory-dex', ''], { tier: 'warning', reasons: ['CODE_INJECTED'] }),
  // Made up: names that no SDK has, and answers that are no names.
  ...['a tool of nobody', ',', ' ', 'x'.repeat(256), 'FRIDA'].map((answer) =>
    probe('android.hooks', [answer, ''], { tier: 'warning', reasons: ['CODE_INJECTED'] }),
  ),
  ...[true, 7, '!', '!frida'].map((answer) =>
    probe('android.hooks', [answer, ''], { tier: 'warning', reasons: ['PROBE_UNANSWERED'] }),
  ),
  probe('android.text', ['libapp.so', ''], { tier: 'warning', reasons: ['CODE_INJECTED'] }),
  probe('android.root', ['su', ''], { tier: 'warning', reasons: ['DEVICE_ROOTED'] }),
  probe('android.emulator', ['files', ''], { tier: 'warning', reasons: ['EMULATOR'] }),
  probe('android.clone', ['data', 'profile'], { tier: 'warning', reasons: ['APP_CLONED'] }),
  probe('ios.debugger', ['traced', 'unknown'], debugged),
  probe('ios.injected', ['known', ''], injected),
  probe('ios.injected', ['foreign,environment', ''], injected),
  probe('ios.injected', ['foreign', ''], { tier: 'warning', reasons: ['CODE_INJECTED'] }),
  probe('ios.simulator', ['build', 'mac'], {
    tier: 'contraindicated',
    reasons: ['EMULATOR'],
    vector: { device: { hardware: 97 } },
  }),
  probe('ios.jailbreak', ['files', ''], { tier: 'warning', reasons: ['DEVICE_ROOTED'] }),
  ...[
    ...['js.automation', 'js.debugger', 'js.crypto', 'js.replaced', 'js.natives', 'js.network'],
    ...['js.emulator', 'android.automation', 'android.debugger', 'android.hooks', 'android.text'],
    ...['android.root', 'android.emulator', 'android.clone', 'ios.debugger', 'ios.injected'],
    ...['ios.simulator', 'ios.jailbreak'],
  ].map((name) => probe(name, ['!threw', ''], { tier: 'warning', reasons: ['PROBE_UNANSWERED'] })),
]

export const findings: readonly Finding[] = [
  ...ofTheRegistration,
  ...ofTheInstallation,
  ...ofTheApp,
  ...ofProbes,
  ...ofApple,
  ...ofAndroid,
  ...ofPlay,
]

/** What `observe` alone judges, because no device has shown that genuine ones do not answer so. */
export const unproved: readonly Finding[] = [
  probe('ios.hooks', ['SecItemCopyMatching', ''], { tier: 'warning', reasons: ['CODE_INJECTED'] }),
  probe('ios.hooks', ['!threw', ''], { tier: 'warning', reasons: ['PROBE_UNANSWERED'] }),
]

/** Every device of the table, and ones that say nothing of hardware. */
export const devices: readonly Device[] = [
  browser(),
  browser({ debuggable: true }),
  browser({ live: 'absent' }),
  pixel({}, { live: 'absent' }),
  pixel({}, {}, { installation: { holderKey: 'hardware' } }),
  ...findings.flatMap(({ device, twin }) => [device, twin]),
  otherSystem(),
  otherSystemWithPlay(),
]
