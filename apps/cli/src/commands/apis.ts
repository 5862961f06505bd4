import { Option, type Command } from 'commander'
import { admissibleTiers, tokenModes, type Api } from '@assay/protocol'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { fields, table } from '../terminal/output.ts'
import { warnOfApi } from './warn-never-passes.ts'

interface Settings {
  name?: string
  mode?: string
  enforcement?: string
  tokenLifetime?: number
  /** `false`: none. */
  origin?: string[] | false
  /** `false`: that of the app. */
  policy?: string | false
}

interface AddOptions extends Settings {
  development?: true
  app: string[]
  tier: string[]
}

type UpdateOptions = Partial<AddOptions>

export function addApiCommands(program: Command, action: Action): void {
  const api = program.command('api').description('APIs that tokens are for')
  api
    .command('add')
    .description('register an API')
    .argument('<audience>', 'its URL, which is the audience of its tokens')
    .requiredOption('--app <id...>', 'apps that may call it')
    .addOption(tierOption('tiers that it admits; there is no default').makeOptionMandatory())
    .option('--name <name>', 'display name')
    .addOption(modeOption(' (default: bound)'))
    .addOption(enforcementOption(' (default: enforce)'))
    .option('--token-lifetime <seconds>', `${lifetimeHelp} (default: 300)`, integer)
    .option('--development', 'for development: takes tokens without appraisal; cannot be changed')
    .option('--origin <origin...>', originHelp)
    .option('--policy <id>', 'policy that appraises evidence for it (default: the policy of the app)')
    .addHelpText(
      'after',
      example(
        'assay api add https://api.example.com --app com.example.app --tier affirming warning',
        'assay api add https://pay.example.com --app com.example.app --tier affirming --policy strict',
      ),
    )
    .action(
      action((context, [audience], options: AddOptions) => addApi(context, audience as string, options)),
    )
  api
    .command('list')
    .description('list the registered APIs')
    .addHelpText('after', example('assay api list'))
    .action(action(async (context) => listApis(context)))
  api
    .command('update')
    .description('change an API, from the next token on; options that are not given keep their values')
    .argument('<audience>', 'its URL')
    .option('--app <id...>', 'the whole list of apps that may call it')
    .addOption(tierOption('the whole list of tiers that it admits'))
    .option('--name <name>', 'display name')
    .addOption(modeOption())
    .addOption(enforcementOption())
    .option('--token-lifetime <seconds>', lifetimeHelp, integer)
    .option('--origin <origin...>', `the whole list of ${originHelp}`)
    .option('--no-origin', 'stop accepting attestations from web pages for it')
    .option('--policy <id>', 'policy that appraises evidence for it')
    .option('--no-policy', 'go back to the policy of the app')
    .addHelpText(
      'after',
      example(
        'assay api update https://api.example.com --enforcement enforce',
        'assay api update https://api.example.com --app com.example.app com.example.app.ios',
      ),
    )
    .action(
      action((context, [audience], options: UpdateOptions) =>
        updateApi(context, audience as string, options),
      ),
    )
  withConfirmation(api.command('remove'))
    .description('remove an API; no more tokens are issued for it')
    .argument('<audience>', 'its URL')
    .addHelpText('after', example('assay api remove https://api.example.com'))
    .action(
      action((context, [audience], options: ConfirmOptions) =>
        removeApi(context, audience as string, options),
      ),
    )
}

const lifetimeHelp = 'at most 900, as bearer 300'
const originHelp = 'web origins whose pages may attest for it'

function tierOption(help: string): Option {
  return new Option('--tier <tier...>', help).choices(admissibleTiers)
}

function modeOption(more = ''): Option {
  return new Option('--mode <mode>', `with proof of possession (bound), or without${more}`).choices(
    tokenModes,
  )
}

function enforcementOption(more = ''): Option {
  return new Option(
    '--enforcement <mode>',
    `enforce; or observe: let all tiers but none through, and have the guard report${more}`,
  ).choices(['enforce', 'observe'])
}

/** The members that the options stand for. */
function membersOf({ app, tier, origin, policy, ...options }: UpdateOptions) {
  return {
    apps: app,
    tiers: tier,
    name: options.name,
    mode: options.mode,
    enforcement: options.enforcement,
    token_lifetime: options.tokenLifetime,
    origins: origin === false ? [] : origin,
    policy: policy === false ? null : policy,
  }
}

async function addApi(context: Context, audience: string, options: AddOptions): Promise<void> {
  const { output, service } = context
  const created = (await service.post('v1/apis', {
    audience,
    ...membersOf(options),
    development: options.development,
  })) as Api
  output.result(created, () => describe(created))
  await warnOfApi(context, created)
}

async function updateApi(context: Context, audience: string, options: UpdateOptions): Promise<void> {
  const { output, service } = context
  const path = `v1/apis?audience=${encodeURIComponent(audience)}`
  const updated = (await service.patch(path, membersOf(options))) as Api
  output.result(updated, () => describe(updated))
  await warnOfApi(context, updated)
}

async function listApis({ output, service }: Context): Promise<void> {
  const apis = await service.list<Api>('v1/apis', 'apis')
  output.result(apis, () =>
    apis.length === 0
      ? 'No API is registered. `assay api add URL --app APP --tier …` adds one.'
      : table(
          ['API', 'APPS', 'TIERS', 'MODE', 'ENFORCEMENT', 'POLICY', 'LIFETIME'],
          apis.map((api) => [
            api.audience,
            api.apps.join(' '),
            api.tiers.join(' '),
            api.mode,
            api.enforcement,
            api.policy ?? 'of the app',
            `${api.token_lifetime} s`,
          ]),
        ),
  )
}

async function removeApi(context: Context, audience: string, options: ConfirmOptions): Promise<void> {
  const { output, service } = context
  await confirm(context, options, `Remove ${audience}? No more tokens are issued for it.`)
  await service.delete(`v1/apis?audience=${encodeURIComponent(audience)}`)
  output.result(
    { removed: audience },
    () => `Removed ${audience}: no more tokens are issued for it; tokens already issued expire.`,
  )
}

function describe(api: Api): string {
  return fields([
    ['api', api.audience],
    ['name', api.name],
    ['apps', api.apps.join(', ')],
    ['tiers', api.tiers.join(', ')],
    ['mode', api.mode],
    ['enforcement', enforcementInWords(api.enforcement)],
    ['policy', api.policy ?? 'the policy of each app'],
    ...(api.development === true ? [['development', 'yes: takes tokens without appraisal'] as const] : []),
    ['lifetime', `${api.token_lifetime} s`],
    ['origins', api.origins.join(', ') || 'none: pages in browsers cannot attest for it'],
  ])
}

function enforcementInWords(enforcement: Api['enforcement']): string {
  switch (enforcement) {
    case 'enforce':
      return 'enforce: other tiers get no token'
    case 'observe':
      return 'observe: other tiers get tokens too, and the guard reports them'
  }
}
