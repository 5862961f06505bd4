import type { ApiInput } from '@assay/protocol/schemas'
import type { Field } from './fields.ts'

/** A field for each member that an operator sets; one without does not compile. */
export const apiFields = (apps: readonly string[], policies: readonly string[]) =>
  ({
    audience: {
      kind: 'text',
      label: 'Its URL, which is the audience of its tokens',
      option: '',
      isFixed: true,
      isRequired: true,
      placeholder: 'https://api.example.com',
    },
    apps: {
      kind: 'choices',
      label: 'Apps that may call it',
      option: '--app',
      isRequired: true,
      choices: apps,
    },
    tiers: {
      kind: 'choices',
      label: 'Tiers that it admits; there is no default',
      option: '--tier',
      isRequired: true,
      choices: ['affirming', 'warning', 'contraindicated'],
    },
    name: { kind: 'text', label: 'Name', option: '--name', isMain: true, hint: 'Default: the URL.' },
    enforcement: {
      kind: 'choice',
      label: 'Enforcement',
      option: '--enforcement',
      isMain: true,
      choices: [
        ['enforce', 'enforce: admitted tiers only'],
        ['observe', 'observe: any tier but none; guards report'],
      ],
    },
    token: {
      kind: 'choice',
      label: 'Kind of token',
      option: '--token',
      isFixed: true,
      choices: [
        ['attestation', 'attestation: in a header of its own'],
        ['access', 'access: an OAuth access token'],
      ],
    },
    mode: {
      kind: 'choice',
      label: 'Mode',
      option: '--mode',
      choices: [
        ['bound', 'bound: with proof of possession'],
        ['bearer', 'bearer: without'],
      ],
    },
    token_lifetime: {
      kind: 'number',
      least: 30,
      most: 900,
      label: 'Lifetime of tokens, in seconds',
      option: '--token-lifetime',
      hint: 'At most 900, as bearer 300.',
    },
    channels: {
      kind: 'choices',
      label: 'Channels whose builds get tokens for it',
      option: '--channel',
      preset: ['production'],
      choices: ['production', 'beta', 'internal'],
    },
    origins: {
      kind: 'list',
      label: 'Web origins whose pages may attest for it',
      option: '--origin',
      none: [],
      placeholder: 'https://www.example.com',
    },
    policy: {
      kind: 'choice',
      label: 'Policy',
      option: '--policy',
      none: null,
      choices: [['', 'that of each app'], ...policies.map((id) => [id, id] as const)],
    },
    allow_listed: {
      kind: 'flag',
      label:
        'Its guards have allowListed: true, so that devices on the allow list pass them. This only informs.',
      option: '--allow-listed',
      none: false,
    },
    development: {
      kind: 'flag',
      label: 'For development: it takes tokens without appraisal. This cannot be changed later.',
      option: '--development',
      isFixed: true,
    },
  }) as const satisfies Record<keyof ApiInput, Field>
