import type { Command } from 'commander'
import { longestAllowEntry } from '@assay/protocol'
import type { AllowEntry, Api, ListedAllowEntry } from '@assay/protocol/schemas'
import { byAge, endOf, example, span, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { fields, table } from '../terminal/output.ts'
import { checkInstallation, withInstallation, type InstallationOptions } from './installation-options.ts'

/** A warning before and after a device is let through at an API whose registration says that it changes nothing. */
export const noHelp = (audience: string) =>
  `Warning: it will not help. By its registration, the guards of ${audience} refuse devices on the allow list. If they have \`allowListed: true\`, state it: assay api update ${audience} --allow-listed`

interface AddOptions extends InstallationOptions {
  app: string
  audience: string
  note?: string
  /** Seconds. */
  expiresIn: number
}

interface RemoveOptions extends ConfirmOptions {
  app: string
  audience: string
  installation: string
}

export function addAllowCommands(program: Command, action: Action): void {
  const allow = program
    .command('allow')
    .description('test devices that get tokens of one API though the policy refuses them')
  withInstallation(
    allow
      .command('add')
      .description(
        'let a test device through at one API: its token keeps its tier and has the claim `allowed`',
      )
      .requiredOption('--app <id>', 'the app')
      .requiredOption('--audience <url>', 'the API'),
  )
    .option('--note <text>', 'whose device it is')
    .requiredOption('--expires-in <time>', `when it ends, at most ${longestAllowEntry}d`, span)
    .addHelpText(
      'after',
      `${example(
        'assay allow add --app com.example.app --audience https://api.example.com --key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --expires-in 14d --note "rooted phone of the lab"',
      )}

Code that differs, evidence that does not hold and bans are refused as ever. Guards let it through with \`allowListed: true\`.`,
    )
    .action(action((context, _args, options: AddOptions) => allowDevice(context, options)))
  allow
    .command('list')
    .description('list the test devices of an app, and what support let through')
    .requiredOption('--app <id>', 'the app')
    .addHelpText('after', example('assay allow list --app com.example.app'))
    .action(action((context, _args, options: { app: string }) => listDevices(context, options.app)))
  withConfirmation(allow.command('remove'))
    .description('let a test device through no longer')
    .requiredOption('--app <id>', 'the app')
    .requiredOption('--audience <url>', 'the API')
    .requiredOption('--installation <name>', 'as `assay allow list` shows it')
    .addHelpText(
      'after',
      example(
        'assay allow remove --app com.example.app --audience https://api.example.com --installation Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8',
      ),
    )
    .action(action((context, _args, options: RemoveOptions) => removeDevice(context, options)))
}

const allowPath = (app: string) => `v1/apps/${encodeURIComponent(app)}/allow`

async function allowDevice(context: Context, { app, expiresIn, ...options }: AddOptions): Promise<void> {
  checkInstallation(options)
  const { output, service } = context
  const body = { ...options, expires_at: endOf(expiresIn, context) }
  const added = (await service.post(allowPath(app), body)) as AllowEntry
  output.result(added, () =>
    fields([
      ['app', added.app],
      ['API', added.audience],
      ['installation', added.installation],
      ['allowed', `until ${added.expires_at}`],
    ]),
  )
  const apis = await service.list<Api>('v1/apis', 'apis')
  if (apis.some((api) => api.audience === added.audience && !api.allow_listed))
    output.note(`\n${noHelp(added.audience)}`)
}

async function listDevices({ output, service }: Context, app: string): Promise<void> {
  const { entries: devices } = (await service.get(allowPath(app))) as { entries: ListedAllowEntry[] }
  output.result(byAge(devices), () =>
    devices.length === 0
      ? `No device is let through at ${app}.`
      : table(
          ['API', 'SINCE', 'UNTIL', 'BY', 'INSTALLATION', 'NOTE'],
          byAge(devices).map((device) => [
            device.audience,
            device.created_at,
            device.expires_at,
            `${device.author ?? '-'}${device.tier === null ? '' : ` (support: ${device.tier})`}${device.refused === true ? ' (refused: by the audit log, the service let nobody through here)' : ''}`,
            device.installation,
            device.note ?? '-',
          ]),
        ),
  )
}

async function removeDevice(context: Context, options: RemoveOptions): Promise<void> {
  const { output, service } = context
  const { app, audience, installation } = options
  await confirm(context, options, `Let ${installation} through at ${audience} no longer?`)
  await service.delete(
    `${allowPath(app)}/${encodeURIComponent(installation)}?audience=${encodeURIComponent(audience)}`,
  )
  output.result(
    { app, audience, installation, removed: true },
    () => `Removed: the policy counts for ${installation} again.`,
  )
}
