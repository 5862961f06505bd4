import type { RemedyKind } from '@assay/protocol'
import type { AppInput } from '@assay/protocol/schemas'
import type { Field } from './fields.ts'

const digests = 'SHA-256 in hexadecimal digits, one a line'
const versionCode = { kind: 'number', least: 0, most: 2_147_483_647 } as const

/** Every remedy: one that is missing does not compile. */
const remedies: Readonly<Record<RemedyKind, true>> = {
  update_app: true,
  update_os: true,
  update_play: true,
  play_dialog: true,
  lock_boot_loader: true,
  install_from_store: true,
  reload_page: true,
  contact_support: true,
  try_later: true,
}

/** A field for each member that an operator sets; one without does not compile. */
export const appFields = (policies: readonly string[]) => {
  const choices = [
    ['', 'the default of its platform and evidence'],
    ...policies.map((id) => [id, id] as const),
  ] as const
  return {
    id: {
      kind: 'text',
      label: 'App id',
      option: '',
      isFixed: true,
      isRequired: true,
      placeholder: 'com.example.app',
    },
    platform: {
      kind: 'choice',
      label: 'Platform',
      option: '--platform',
      isFixed: true,
      isRequired: true,
      choices: ['android', 'ios', 'web', 'node'].map((one) => [one, one] as const),
    },
    name: { kind: 'text', label: 'Name', option: '--name', isMain: true, hint: 'Default: the app id.' },
    package: {
      kind: 'text',
      label: 'Package',
      option: '--package',
      isFixed: true,
      hint: 'Package name (Android) or bundle id (iOS). Default: the app id.',
    },
    policy: { kind: 'choice', label: 'Policy', option: '--policy', isMain: true, none: null, choices },
    min_version_code: { ...versionCode, label: 'Minimum version code', option: '--min-version-code' },
    evidence: {
      kind: 'json',
      label: 'Platform evidence, as JSON',
      option: '--evidence',
      none: {},
      hint: 'The kinds that it may send, and their settings: `assay app evidence` writes an example. Empty: software measurement alone.',
    },
    optional_evidence: {
      kind: 'list',
      label: 'Optional evidence',
      option: '--optional-evidence',
      none: [],
      hint: 'Kinds of the above that a device may leave out.',
    },
    unvouched_per_day: {
      kind: 'number',
      least: 0,
      most: 1e9,
      label: 'New installations a day that nothing vouches for',
      option: '--unvouched-per-day',
      none: null,
      hint: 'Empty: 1,000 with evidence that gives a vouching key, otherwise no limit.',
    },
    signers: {
      kind: 'list',
      label: 'Signers',
      option: '--signer',
      hint: `${digests}. Empty: the first build sets it.`,
    },
    store_signers: {
      kind: 'list',
      label: 'Signers of the store',
      option: '--store-signer',
      none: [],
      hint: digests,
    },
    upload_signers: {
      kind: 'list',
      label: 'Upload keys',
      option: '--upload-signer',
      none: [],
      hint: digests,
    },
    teams: { kind: 'list', label: 'Teams (Apple)', option: '--team', none: [], placeholder: 'ABCDE12345' },
    probes: {
      kind: 'list',
      label: 'Probes',
      option: '--probe',
      none: [],
      hint: 'At registration empty: those of the platform.',
    },
    beta_min_version_code: {
      ...versionCode,
      label: 'Minimum version code of beta',
      option: '--beta-min-version-code',
      none: null,
    },
    internal_min_version_code: {
      ...versionCode,
      label: 'Minimum version code of internal',
      option: '--internal-min-version-code',
      none: null,
    },
    shadow_policy: {
      kind: 'choice',
      label: 'Shadow policy',
      option: '--shadow-policy',
      none: null,
      choices: [['', 'none'], ...choices.slice(1)],
    },
    references: {
      kind: 'flag',
      label: 'Let the SDKs send what the app calls its user; an HMAC of it is kept for 30 days, unverified',
      option: '--references',
      none: false,
    },
    remedies: {
      kind: 'choices',
      label: 'Remedies that a refusal may give to the user',
      hint: 'Each of them reveals a reason.',
      option: '--remedy',
      none: [],
      choices: Object.keys(remedies),
    },
    let_through_tiers: {
      kind: 'choices',
      label: 'Tiers that support may let through for a day, where the policy refused them',
      option: '--let-through-tiers',
      none: [],
      preset: ['warning'],
      choices: ['affirming', 'warning', 'contraindicated'],
    },
    development: {
      kind: 'flag',
      label: 'For development: its secrets give tokens without appraisal. This cannot be changed later.',
      option: '--development',
      isFixed: true,
    },
  } as const satisfies Record<keyof AppInput, Field>
}
