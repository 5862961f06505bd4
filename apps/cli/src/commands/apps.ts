import { Option, type Command } from 'commander'
import { platforms, type App } from '@assay/protocol'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { fields, table } from '../terminal/output.ts'
import { addEvidenceCommands, evidenceInWords, evidenceNote, readEvidence } from './app-evidence.ts'
import { warnOfApp } from './warn-never-passes.ts'

interface AddOptions {
  development?: true
  platform: string
  name?: string
  package?: string
  signer?: string[]
  /** `false`: none. */
  storeSigner?: string[] | false
  uploadSigner?: string[] | false
  team?: string[] | false
  minVersionCode?: number
  /** `false`: none. */
  probe?: string[] | false
  /** File; `false`: none. */
  evidence?: string | false
  /** `false`: none. */
  optionalEvidence?: string[] | false
  unvouchedPerDay?: number
  /** `false`: the default one. */
  policy?: string | false
  shadowPolicy?: string | false
}

const evidenceHelp =
  'JSON file (or -) with the kinds of platform evidence that it may send, and their settings; the whole of them'
const storeHelp =
  'the same of what the store signs with (Play App Signing): counts for the evidence of phones, whichever build'
const uploadHelp = 'the same of upload keys: builds may carry them, and they never count for evidence'
const teamHelp = 'Apple’s ids of the teams that sign its IPAs, beside those in the settings of its evidence'
const optionalHelp =
  'kinds of that evidence that devices need not have; the whole list. What is left out otherwise makes the result warning at best'
const unvouchedHelp =
  'new installations a day for whose keys no hardware vouches (default: 1000, where the app is registered for evidence that vouches)'
const shadowHelp = 'policy that is judged beside it, counts in `assay stats` and changes no answer'
const policyHelp = 'policy that appraises its evidence: `assay policy list`'
const probeHelp = 'the whole list of probes to ask; installed SDKs answer from their next refresh on'

export function addAppCommands(program: Command, action: Action): void {
  const app = program.command('app').description('apps that may attest')
  app
    .command('add')
    .description('register an app')
    .argument('<id>', 'app id, such as com.example.app')
    .addOption(
      new Option('--platform <platform>', 'platform it runs on').choices(platforms).makeOptionMandatory(),
    )
    .option('--name <name>', 'display name')
    .option('--package <package>', 'package name (Android) or bundle id (iOS); default: the app id')
    .option('--signer <sha256...>', 'SHA-256 (hex) of a signing certificate that builds may carry')
    .option('--store-signer <sha256...>', storeHelp)
    .option('--upload-signer <sha256...>', uploadHelp)
    .option('--team <id...>', teamHelp)
    .option(
      '--development',
      'for development: secrets give tokens for it without appraisal; cannot be changed',
    )
    .option('--min-version-code <number>', 'refuse builds with a lower version code', integer)
    .option('--probe <name...>', probeHelp)
    .option('--no-probe', 'ask no probe')
    .option('--evidence <file>', evidenceHelp)
    .option('--optional-evidence <kind...>', optionalHelp)
    .option('--unvouched-per-day <number>', unvouchedHelp, integer)
    .option('--policy <id>', `${policyHelp} (default: balanced with platform evidence, else software-only)`)
    .option('--shadow-policy <id>', shadowHelp)
    .addHelpText(
      'after',
      `${example(
        'assay app add com.example.app --platform android --name "Example"',
        'assay app add com.example.app.ios --platform ios --package com.example.app --evidence evidence.json',
      )}\n${evidenceNote}`,
    )
    .action(action((context, [id], options: AddOptions) => addApp(context, id as string, options)))
  app
    .command('list')
    .description('list the registered apps')
    .addHelpText('after', example('assay app list'))
    .action(action(async (context) => listApps(context)))
  app
    .command('update')
    .description('change an app')
    .argument('<id>', 'app id')
    .option('--name <name>', 'display name')
    .option('--signer <sha256...>', 'the whole list of signing certificates that builds may carry')
    .option('--store-signer <sha256...>', `${storeHelp}; the whole list`)
    .option('--no-store-signer', 'phones get the files that you register, signed as they are')
    .option('--upload-signer <sha256...>', `${uploadHelp}; the whole list`)
    .option('--no-upload-signer', 'no upload key')
    .option('--team <id...>', `${teamHelp}; the whole list`)
    .option('--no-team', 'no team beside those')
    .option('--min-version-code <number>', 'refuse builds with a lower version code', integer)
    .option('--probe <name...>', probeHelp)
    .option('--no-probe', 'ask no probe from their next refresh on')
    .option('--evidence <file>', evidenceHelp)
    .option('--no-evidence', 'stop accepting platform evidence')
    .option('--optional-evidence <kind...>', optionalHelp)
    .option('--no-optional-evidence', 'expect all evidence that the app is registered for')
    .option('--unvouched-per-day <number>', unvouchedHelp, integer)
    .option('--policy <id>', policyHelp)
    .option('--no-policy', 'go back to the default policy')
    .option('--shadow-policy <id>', shadowHelp)
    .option('--no-shadow-policy', 'no policy beside it')
    .addHelpText(
      'after',
      `${example(
        'assay app update com.example.app --min-version-code 42',
        'assay app update com.example.app --evidence evidence.json --policy strict',
      )}\n${evidenceNote}`,
    )
    .action(action((context, [id], options: AddOptions) => updateApp(context, id as string, options)))
  withConfirmation(app.command('remove'))
    .description('remove an app and its builds; its devices get no more tokens')
    .argument('<id>', 'app id')
    .addHelpText('after', example('assay app remove com.example.app'))
    .action(action((context, [id], options: ConfirmOptions) => removeApp(context, id as string, options)))
  addEvidenceCommands(app, action)
}

function evidenceOptions({ optionalEvidence, unvouchedPerDay }: AddOptions) {
  return {
    optional_evidence: optionalEvidence === false ? [] : optionalEvidence,
    unvouched_per_day: unvouchedPerDay,
  }
}

function listedSigners({ storeSigner, uploadSigner, team }: AddOptions) {
  return {
    store_signers: storeSigner === false ? [] : storeSigner,
    upload_signers: uploadSigner === false ? [] : uploadSigner,
    teams: team === false ? [] : team,
  }
}

async function addApp(context: Context, id: string, options: AddOptions): Promise<void> {
  const { output, service } = context
  const created = (await service.post('v1/apps', {
    id,
    platform: options.platform,
    name: options.name,
    package: options.package,
    signers: options.signer,
    ...listedSigners(options),
    min_version_code: options.minVersionCode,
    development: options.development,
    probes: options.probe === false ? [] : options.probe,
    evidence: await readEvidence(context, options.evidence),
    ...evidenceOptions(options),
    policy: options.policy === false ? null : options.policy,
    shadow_policy: options.shadowPolicy === false ? undefined : options.shadowPolicy,
  })) as App
  const next =
    created.development === true
      ? `assay api add http://localhost:PORT --app ${created.id} --tier warning --development`
      : `assay build add FILE --app ${created.id}`
  output.result(created, () => `${describe(created)}\n\nNext: ${next}`)
  await warnOfApp(output, created)
}

async function updateApp(context: Context, id: string, options: AddOptions): Promise<void> {
  const { output, service } = context
  const updated = (await service.patch(`v1/apps/${encodeURIComponent(id)}`, {
    name: options.name,
    signers: options.signer,
    ...listedSigners(options),
    min_version_code: options.minVersionCode,
    probes: options.probe === false ? [] : options.probe,
    evidence: await readEvidence(context, options.evidence),
    ...evidenceOptions(options),
    policy: options.policy === false ? null : options.policy,
    shadow_policy: options.shadowPolicy === false ? null : options.shadowPolicy,
  })) as App
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
  const isPackaged = app.platform === 'android' || app.platform === 'ios'
  const signers =
    app.signers.join(', ') || 'none yet: the first build that an admin registers records its own'
  const evidence = evidenceInWords(app)
  return fields([
    ['app', app.id],
    ['name', app.name],
    ['platform', app.platform],
    ...(isPackaged ? [['package', app.package] as const] : []),
    ...(app.platform === 'android' ? [['signers', signers] as const] : []),
    ...(app.store_signers.length > 0 ? [['store signers', app.store_signers.join(', ')] as const] : []),
    ...(app.upload_signers.length > 0 ? [['upload keys', app.upload_signers.join(', ')] as const] : []),
    ...(app.teams.length > 0 ? [['teams', app.teams.join(', ')] as const] : []),
    ['min version', String(app.min_version_code)],
    ['probes', app.probes.join(', ') || 'none'],
    ['evidence', ['software measurement', ...evidence].join('; ')],
    ...(app.unvouched_per_day === null ? [] : [['unvouched a day', String(app.unvouched_per_day)] as const]),
    ['policy', policyOf(app)],
    ...(app.shadow_policy === undefined ? [] : [['shadow policy', app.shadow_policy] as const]),
    ...(app.development === true ? [['development', 'yes: tokens without appraisal'] as const] : []),
  ])
}

/** The service chooses if the app names none. */
export function policyOf({ policy, evidence }: Pick<App, 'policy' | 'evidence'>): string {
  return policy ?? `${Object.keys(evidence).length > 0 ? 'balanced' : 'software-only'} (default)`
}
