import { Option, type Command } from 'commander'
import { apiKeyScopes, type ApiKey, type CreatedApiKey } from '@assay/protocol'
import type { Context } from '../context.ts'
import { table } from '../output.ts'
import { byAge, example, type Action } from './arguments.ts'

interface AddOptions {
  name: string
  scope: string
  app?: string[]
}

export function addKeyCommands(program: Command, action: Action): void {
  const key = program.command('key').description('API keys of operators and release pipelines')
  key
    .command('add')
    .description('make an API key; it is shown once')
    .requiredOption('--name <name>', 'who or what uses it')
    .addOption(
      new Option('--scope <scope>', 'admin may do everything; registration adds builds of the named apps')
        .choices(apiKeyScopes)
        .makeOptionMandatory(),
    )
    .option('--app <id...>', 'for registration: the apps')
    .addHelpText(
      'after',
      example('assay key add --name "release pipeline" --scope registration --app com.example.app'),
    )
    .action(action((context, _args, options: AddOptions) => addKey(context, options)))
  key
    .command('list')
    .description('list the API keys, without their secrets')
    .addHelpText('after', example('assay key list'))
    .action(action(async (context) => listKeys(context)))
  key
    .command('remove')
    .description('revoke an API key at once')
    .argument('<id>', 'what `assay key list` shows under ID, not the key itself')
    .addHelpText('after', example('assay key remove MunGd_tA53U6NnGb'))
    .action(action((context, [id]) => removeKey(context, id as string)))
}

async function addKey({ output, service }: Context, options: AddOptions): Promise<void> {
  const created = (await service.post('v1/keys', {
    name: options.name,
    scope: options.scope,
    apps: options.app,
  })) as CreatedApiKey
  output.note('This is the only time that the key is shown:')
  output.result(created, () => created.secret)
}

async function listKeys({ output, service }: Context): Promise<void> {
  const keys = byAge(await service.list<ApiKey>('v1/keys', 'keys'))
  output.result(keys, () =>
    table(
      ['ID', 'NAME', 'SCOPE', 'APPS', 'CREATED'],
      keys.map((key) => [key.id, key.name, key.scope, key.apps.join(' ') || '-', key.created_at]),
    ),
  )
}

async function removeKey({ output, service }: Context, id: string): Promise<void> {
  await service.delete(`v1/keys/${encodeURIComponent(id)}`)
  output.result({ removed: id }, () => `Removed ${id}: the key no longer works.`)
}
