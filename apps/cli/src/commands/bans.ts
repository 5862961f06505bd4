import type { Command } from 'commander'
import type { Ban } from '@assay/protocol'
import { confirm, withConfirmation, type ConfirmOptions } from '../confirm.ts'
import type { Context } from '../context.ts'
import { fields, table } from '../output.ts'
import { byAge, example, type Action } from './arguments.ts'

interface AddOptions {
  app: string
  audience: string
  installation: string
  batch?: boolean
}

interface RemoveOptions extends ConfirmOptions {
  app: string
  kind: string
  vouchingKey: string
}

export function addBanCommands(program: Command, action: Action): void {
  const ban = program.command('ban').description('phones that may no longer vouch for installations')
  ban
    .command('add')
    .description(
      'ban the hardware key behind an installation, so that it can vouch for no other installation key either',
    )
    .requiredOption('--app <id>', 'the app')
    .requiredOption('--audience <url>', 'the API whose tokens name the installation')
    .requiredOption(
      '--installation <name>',
      'claim `installation` of a token; `req.assay` of a guarded API has it',
    )
    .option('--batch', 'ban the key even if thousands of devices share it: all of them')
    .addHelpText(
      'after',
      example(
        'assay ban add --app com.example.app --audience https://api.example.com --installation Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8',
      ),
    )
    .action(action((context, _args, options: AddOptions) => addBan(context, options)))
  ban
    .command('list')
    .description('list the banned hardware keys of an app')
    .requiredOption('--app <id>', 'the app')
    .addHelpText('after', example('assay ban list --app com.example.app'))
    .action(action((context, _args, options: { app: string }) => listBans(context, options.app)))
  withConfirmation(ban.command('remove'))
    .description('lift a ban')
    .requiredOption('--app <id>', 'the app')
    .requiredOption('--kind <kind>', 'as `assay ban list` shows it')
    .requiredOption('--vouching-key <id>', 'as `assay ban list` shows it')
    .addHelpText(
      'after',
      example('assay ban remove --app com.example.app --kind android-device --vouching-key 5f1c…'),
    )
    .action(action((context, _args, options: RemoveOptions) => removeBan(context, options)))
}

const bansPath = (app: string) => `v1/apps/${encodeURIComponent(app)}/bans`

async function addBan(
  { output, service }: Context,
  { app, audience, installation, batch }: AddOptions,
): Promise<void> {
  const added = (await service.post(bansPath(app), { audience, installation, batch })) as Ban
  output.result(added, () =>
    fields([
      ['app', added.app],
      ['kind', kindInWords(added.kind)],
      ['vouching key', added.vouching_key],
      ['banned', 'from now on; tokens already issued expire'],
    ]),
  )
}

async function listBans({ output, service }: Context, app: string): Promise<void> {
  const bans = byAge(await service.list<Ban>(bansPath(app), 'bans'))
  output.result(bans, () =>
    bans.length === 0
      ? `Nothing is banned at ${app}.`
      : table(
          ['KIND', 'SINCE', 'VOUCHING KEY'],
          bans.map(({ kind, created_at, vouching_key }) => [kind, created_at, vouching_key]),
        ),
  )
}

async function removeBan(context: Context, options: RemoveOptions): Promise<void> {
  const { output, service } = context
  const { app, kind, vouchingKey } = options
  await confirm(context, options, `Let ${kind} ${vouchingKey} vouch again at ${app}?`)
  await service.delete(`${bansPath(app)}/${encodeURIComponent(kind)}/${encodeURIComponent(vouchingKey)}`)
  output.result(
    { app, kind, vouching_key: vouchingKey, removed: true },
    () => `Lifted: ${kind} ${vouchingKey} may vouch again at ${app}.`,
  )
}

/** Schemes name their kinds; that one key is in a batch of devices is what an operator must know about any. */
function kindInWords(kind: string): string {
  return kind.endsWith('-batch') ? `${kind}: the key is in thousands of devices` : kind
}
