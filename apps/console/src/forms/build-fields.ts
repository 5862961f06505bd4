import type { BuildQuery } from '@assay/protocol/schemas'
import type { Field } from './fields.ts'

const flag = (option: string, label: string) => ({ kind: 'flag', option, label }) as const

/** A field for each parameter of an upload; one without does not compile. Times are given in days, as the CLI takes spans. */
export const buildFields = {
  id: {
    kind: 'text',
    label: 'Build id',
    isMain: true,
    option: '--id',
    hint: 'Default: version name and version code. A ZIP of a web build or of an update over the air needs one.',
  },
  version_code: {
    kind: 'number',
    least: 0,
    most: 999_999_999_999_999,
    label: 'Version code',
    isMain: true,
    option: '--version-code',
    hint: 'For web builds, and for an IPA whose CFBundleVersion is no single number.',
  },
  channel: {
    kind: 'choice',
    label: 'Channel',
    isMain: true,
    option: '--channel',
    choices: [
      ['', 'production'],
      ['beta', 'beta'],
      ['internal', 'internal'],
    ],
  },
  expires_at: {
    kind: 'number',
    least: 1,
    most: 3_650,
    label: 'Days until it expires',
    option: '--expires',
    isMain: true,
    hint: 'Empty: it does not expire.',
  },
  coverage: {
    kind: 'choice',
    label: 'What is measured',
    option: '--coverage',
    choices: [
      ['', 'by default'],
      ['image', 'image: everything'],
      ['scripts', 'scripts'],
      ['entry', 'entry: of a web build what its pages do not load later'],
    ],
  },
  abis: {
    kind: 'text',
    label: 'ABIs of a bundle, with commas',
    option: '--abis',
    placeholder: 'arm64-v8a,armeabi-v7a',
  },
  base: { kind: 'text', label: 'Update over the air: of which build', option: '--base' },
  variant: {
    kind: 'text',
    label: 'What a store made of a registered build: name of the variant',
    option: '--variant',
  },
  replace: { kind: 'text', label: 'With a variant: the one that it replaces, or first', option: '--replace' },
  difference_until: {
    kind: 'number',
    least: 1,
    most: 14,
    label: 'First days: days in which devices whose code differs get warning; empty: they are refused',
    option: '--on-difference warning --for',
  },
  new_signer: flag('--new-signer', 'It brings a signing certificate that is new for the app'),
  new_team: flag('--new-team', 'It is signed by a team that is new for the app'),
  allow_debuggable: flag('--allow-debuggable', 'Register it although it is debuggable; this is recorded'),
  allow_debug_signer: flag(
    '--allow-debug-signer',
    'Register it although anyone may have the key that signed it',
  ),
} as const satisfies Record<keyof BuildQuery, Field>
