import type { Command } from 'commander'
import { admissibleTiers, platforms, remedyKinds } from '@assay/protocol'
import type { App, AppInput } from '@assay/protocol/schemas'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import {
  membersGiven,
  registrationFields,
  withMembers,
  type MemberOptions,
} from '../command-line/member-options.ts'
import { policyOf } from '../doctor/policy-of.ts'
import { fields, table } from '../terminal/output.ts'
import { addEvidenceCommands, evidenceInWords, evidenceNote, readEvidence } from './app-evidence.ts'
import { warnOfApp } from './warn-never-passes.ts'

type GivenOptions = Readonly<Record<string, unknown>>

/** Every member that an operator sets. A new one is a line here, and its row in `docs/cli.md`. */
const members: MemberOptions<Omit<AppInput, 'id'>, App> = {
  platform: {
    flags: '--platform <platform>',
    help: 'platform it runs on',
    choices: platforms,
    isRequired: true,
    isFixed: true,
    label: 'platform',
  },
  name: { flags: '--name <name>', help: 'display name', label: 'name' },
  package: {
    flags: '--package <package>',
    help: 'package name (Android) or bundle id (iOS)',
    default: 'the app id',
    isFixed: true,
    label: 'package',
    show: (app) => (app.platform === 'android' || app.platform === 'ios' ? app.package : undefined),
  },
  signers: {
    flags: '--signer <sha256...>',
    help: 'SHA-256 (hex) of the signing certificates that builds may carry; the whole list',
    label: 'signers',
    show: ({ platform, signers }) =>
      platform === 'android'
        ? signers.join(', ') || 'none yet: the first build that an admin registers records its own'
        : undefined,
  },
  store_signers: {
    flags: '--store-signer <sha256...>',
    help: 'the same of what the store signs with (Play App Signing): counts for the evidence of phones, whichever build; the whole list',
    none: { value: [], help: 'phones get the files that you register, signed as they are' },
    label: 'store signers',
  },
  upload_signers: {
    flags: '--upload-signer <sha256...>',
    help: 'the same of upload keys: builds may carry them, and they never count for evidence; the whole list',
    none: { value: [], help: 'no upload key' },
    label: 'upload keys',
  },
  teams: {
    flags: '--team <id...>',
    help: 'Apple’s ids of the teams that sign its IPAs, beside those in the settings of its evidence; the whole list',
    none: { value: [], help: 'no team beside those' },
    label: 'teams',
  },
  development: {
    flags: '--development',
    help: 'for development: secrets give tokens for it without appraisal; cannot be changed',
    isFixed: true,
    label: 'development',
    show: ({ development }) => (development === true ? 'yes: tokens without appraisal' : undefined),
  },
  min_version_code: {
    flags: '--min-version-code <number>',
    help: 'refuse builds with a lower version code',
    parse: integer,
    label: 'min version',
  },
  beta_min_version_code: {
    flags: '--beta-min-version-code <number>',
    help: 'the same for builds of the channel beta',
    default: 'that of --min-version-code',
    parse: integer,
    none: { value: null, help: 'go back to the minimum of the app' },
    label: 'min of beta',
  },
  internal_min_version_code: {
    flags: '--internal-min-version-code <number>',
    help: 'the same for builds of the channel internal',
    default: 'that of --min-version-code',
    parse: integer,
    none: { value: null, help: 'go back to the minimum of the app' },
    label: 'min of internal',
  },
  probes: {
    flags: '--probe <name...>',
    help: 'the whole list of probes to ask; installed SDKs answer from their next refresh on',
    none: { value: [], help: 'ask no probe', atRegistration: true },
    label: 'probes',
    show: ({ probes }) => probes.join(', ') || 'none',
  },
  evidence: {
    flags: '--evidence <file>',
    help: 'JSON file (or -) with the kinds of platform evidence that it may send, and their settings; the whole of them',
    read: readEvidence,
    none: { value: {}, help: 'stop accepting platform evidence' },
    label: 'evidence',
    show: (app) => ['software measurement', ...evidenceInWords(app)].join('; '),
  },
  optional_evidence: {
    flags: '--optional-evidence <kind...>',
    help: 'kinds of that evidence that devices need not have; the whole list. What is left out otherwise makes the result warning at best',
    none: { value: [], help: 'expect all evidence that the app is registered for' },
    label: 'optional',
    show: () => undefined,
  },
  unvouched_per_day: {
    flags: '--unvouched-per-day <number>',
    help: 'new installations a day for whose keys no hardware vouches',
    default: '1000, where the app is registered for evidence that vouches',
    parse: integer,
    none: { value: null, help: 'go back to the default' },
    label: 'unvouched a day',
  },
  remedies: {
    flags: '--remedy <kind...>',
    help: 'what a refusal may tell the user to do; the whole list. Each kind tells a reason: docs/threat-model.md',
    choices: remedyKinds,
    none: { value: [], help: 'tell the user nothing' },
    label: 'remedies',
    show: ({ remedies }) => remedies.join(', ') || undefined,
  },
  policy: {
    flags: '--policy <id>',
    help: 'policy that appraises its evidence: `assay policy list`',
    default: 'balanced with platform evidence, else software-only',
    none: { value: null, help: 'go back to the default policy' },
    label: 'policy',
    show: (app) => policyOf(app),
  },
  shadow_policy: {
    flags: '--shadow-policy <id>',
    help: 'policy that is judged beside it, counts in `assay stats` and changes no answer',
    none: { value: null, help: 'no policy beside it' },
    label: 'shadow policy',
  },
  references: {
    flags: '--references',
    help: 'let SDKs say what the app calls its user: an HMAC is kept for 30 days, for `assay installation list --reference`',
    none: { value: false, help: 'read and forget it' },
    label: 'references',
    show: ({ references }) => (references ? 'yes, unverified' : undefined),
  },
  let_through_tiers: {
    flags: '--let-through-tiers <tier...>',
    help: 'tiers that support may let through for a day, where the policy refused them; the whole list',
    choices: admissibleTiers,
    default: 'warning',
    none: { value: [], help: 'let support let nobody through', atRegistration: true },
    label: 'let through',
    show: ({ let_through_tiers: tiers }) => tiers.join(', ') || 'nobody, by support',
  },
}

export function addAppCommands(program: Command, action: Action): void {
  const app = program.command('app').description('apps that may attest')
  const add = app
    .command('add')
    .description('register an app')
    .argument('<id>', 'app id, such as com.example.app')
  withMembers(add, members, 'add')
    .addHelpText(
      'after',
      `${example(
        'assay app add com.example.app --platform android --name "Example"',
        'assay app add com.example.app.ios --platform ios --package com.example.app --evidence evidence.json',
      )}\n${evidenceNote}`,
    )
    .action(action((context, [id], options: GivenOptions) => addApp(context, id as string, options)))
  app
    .command('list')
    .description('list the registered apps')
    .addHelpText('after', example('assay app list'))
    .action(action(async (context) => listApps(context)))
  const update = app.command('update').description('change an app').argument('<id>', 'app id')
  withMembers(update, members, 'update')
    .addHelpText(
      'after',
      `${example(
        'assay app update com.example.app --min-version-code 42',
        'assay app update com.example.app --evidence evidence.json --policy strict',
      )}\n${evidenceNote}`,
    )
    .action(action((context, [id], options: GivenOptions) => updateApp(context, id as string, options)))
  withConfirmation(app.command('remove'))
    .description('remove an app and its builds; its devices get no more tokens')
    .argument('<id>', 'app id')
    .addHelpText('after', example('assay app remove com.example.app'))
    .action(action((context, [id], options: ConfirmOptions) => removeApp(context, id as string, options)))
  addEvidenceCommands(app, action)
}

async function addApp(context: Context, id: string, options: GivenOptions): Promise<void> {
  const { output, service } = context
  const body = { id, ...(await membersGiven(context, members, options)) }
  const created = (await service.post('v1/apps', body)) as App
  const next =
    created.development === true
      ? `assay api add http://localhost:PORT --app ${created.id} --tier warning --development`
      : `assay build add FILE --app ${created.id}`
  output.result(created, () => `${describe(created)}\n\nNext: ${next}`)
  await warnOfApp(output, created)
}

async function updateApp(context: Context, id: string, options: GivenOptions): Promise<void> {
  const { output, service } = context
  const body = await membersGiven(context, members, options)
  const updated = (await service.patch(`v1/apps/${encodeURIComponent(id)}`, body)) as App
  output.result(updated, () => describe(updated))
  await warnOfApp(output, updated)
}

async function listApps({ output, service }: Context): Promise<void> {
  const apps = await service.list<App>('v1/apps', 'apps')
  output.result(apps, () =>
    apps.length === 0
      ? 'No app is registered. `assay app add ID --platform …` adds one.'
      : table(
          ['APP', 'PLATFORM', 'NAME', 'MIN VERSION', 'EVIDENCE', 'POLICY'],
          apps.map((app) => [
            app.id,
            app.platform,
            app.name,
            String(app.min_version_code),
            ['software', ...Object.keys(app.evidence)].join(' '),
            policyOf(app),
          ]),
        ),
  )
}

async function removeApp(context: Context, id: string, options: ConfirmOptions): Promise<void> {
  const { output, service } = context
  await confirm(context, options, `Remove ${id} and all its builds? Its devices get no more tokens.`)
  await service.delete(`v1/apps/${encodeURIComponent(id)}`)
  output.result({ removed: id }, () => `Removed ${id} and its builds: its devices get no more tokens.`)
}

function describe(app: App): string {
  return fields([['app', app.id], ...registrationFields(members, app)])
}
