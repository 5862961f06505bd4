import type { Command } from 'commander'
import { admissibleTiers, channels, tokenKinds, tokenModes } from '@assay/protocol'
import type { Api, ApiInput } from '@assay/protocol/schemas'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import {
  membersGiven,
  registrationFields,
  withMembers,
  type MemberOptions,
} from '../command-line/member-options.ts'
import { fields, table } from '../terminal/output.ts'
import { warnOfApi } from './warn-never-passes.ts'

type GivenOptions = Readonly<Record<string, unknown>>

/** Every member that an operator sets. A new one is a line here, and its row in `docs/cli.md`. */
const members: MemberOptions<Omit<ApiInput, 'audience'>, Api> = {
  apps: {
    flags: '--app <id...>',
    help: 'the whole list of apps that may call it',
    isRequired: true,
    label: 'apps',
  },
  channels: {
    flags: '--channel <channel...>',
    help: 'the whole list of channels whose builds get tokens for it',
    choices: channels,
    default: 'production',
    label: 'channels',
  },
  tiers: {
    flags: '--tier <tier...>',
    help: 'the whole list of tiers that it admits; there is no default',
    choices: admissibleTiers,
    isRequired: true,
    label: 'tiers',
  },
  name: { flags: '--name <name>', help: 'display name', label: 'name' },
  token: {
    flags: '--token <kind>',
    help: 'attestation; or access: access tokens that stock resource servers verify, for one app; cannot be changed. Removed and added again with another kind: wait 900 s in between, while its tokens live on',
    choices: tokenKinds,
    default: 'attestation',
    isFixed: true,
    label: 'token',
    show: ({ token }) => kindInWords(token),
  },
  mode: {
    flags: '--mode <mode>',
    help: 'with proof of possession (bound), or without',
    choices: tokenModes,
    default: 'bound',
    label: 'mode',
  },
  enforcement: {
    flags: '--enforcement <mode>',
    help: 'enforce; or observe: let all tiers but none through, and have the guard report',
    choices: ['enforce', 'observe'],
    default: 'enforce',
    label: 'enforcement',
    show: ({ enforcement }) => enforcementInWords(enforcement),
  },
  token_lifetime: {
    flags: '--token-lifetime <seconds>',
    help: 'at most 900, as bearer 300',
    default: '300',
    parse: integer,
    label: 'lifetime',
    show: ({ token_lifetime: seconds }) => `${seconds} s`,
  },
  development: {
    flags: '--development',
    help: 'for development: takes tokens without appraisal; cannot be changed',
    isFixed: true,
    label: 'development',
    show: ({ development }) => (development === true ? 'yes: takes tokens without appraisal' : undefined),
  },
  origins: {
    flags: '--origin <origin...>',
    help: 'the whole list of web origins whose pages may attest for it',
    none: { value: [], help: 'stop accepting attestations from web pages for it' },
    label: 'origins',
    show: ({ origins }) => origins.join(', ') || 'none: pages in browsers cannot attest for it',
  },
  policy: {
    flags: '--policy <id>',
    help: 'policy that appraises evidence for it',
    default: 'the policy of the app',
    none: { value: null, help: 'go back to the policy of the app' },
    label: 'policy',
    show: ({ policy }) => policy ?? 'the policy of each app',
  },
  allow_listed: {
    flags: '--allow-listed',
    help: 'its guards have allowListed: true, so that devices on the allow list pass them; only informs people who let a user through',
    none: { value: false, help: 'its guards refuse devices on the allow list' },
    label: 'allow list',
    show: ({ allow_listed: taken }) =>
      taken ? 'its guards take allow-listed devices' : 'its guards refuse allow-listed devices',
  },
}

export function addApiCommands(program: Command, action: Action): void {
  const api = program.command('api').description('APIs that tokens are for')
  const add = api
    .command('add')
    .description('register an API')
    .argument('<audience>', 'its URL, which is the audience of its tokens')
  withMembers(add, members, 'add')
    .addHelpText(
      'after',
      example(
        'assay api add https://api.example.com --app com.example.app --tier affirming warning',
        'assay api add https://pay.example.com --app com.example.app --tier affirming --policy strict',
        'assay api add https://spring.example.com --app com.example.app --tier affirming --token access',
      ),
    )
    .action(
      action((context, [audience], options: GivenOptions) => addApi(context, audience as string, options)),
    )
  api
    .command('list')
    .description('list the registered APIs')
    .addHelpText('after', example('assay api list'))
    .action(action(async (context) => listApis(context)))
  const update = api
    .command('update')
    .description('change an API, from the next token on; options that are not given keep their values')
    .argument('<audience>', 'its URL')
  withMembers(update, members, 'update')
    .addHelpText(
      'after',
      example(
        'assay api update https://api.example.com --enforcement enforce',
        'assay api update https://api.example.com --app com.example.app com.example.app.ios',
      ),
    )
    .action(
      action((context, [audience], options: GivenOptions) => updateApi(context, audience as string, options)),
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

async function addApi(context: Context, audience: string, options: GivenOptions): Promise<void> {
  const { output, service } = context
  const body = { audience, ...(await membersGiven(context, members, options)) }
  const created = (await service.post('v1/apis', body)) as Api
  output.result(created, () => describe(created))
  await warnOfApi(context, created)
  await warnOfTwin(context, audience)
}

/** Two names that differ in a slash are two APIs, which nobody means. */
async function warnOfTwin({ output, service }: Context, audience: string): Promise<void> {
  const twin = audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`
  const registered = await service.list<Api>('v1/apis', 'apis')
  if (registered.some((api) => api.audience === twin))
    output.note(
      `Warning: ${twin} is registered as well, and is another API: neither takes tokens for the other. Remove the one that guard and SDK do not name.`,
    )
}

async function updateApi(context: Context, audience: string, options: GivenOptions): Promise<void> {
  const { output, service } = context
  const path = `v1/apis?audience=${encodeURIComponent(audience)}`
  const updated = (await service.patch(path, await membersGiven(context, members, options))) as Api
  output.result(updated, () => describe(updated))
  await warnOfApi(context, updated)
}

async function listApis({ output, service }: Context): Promise<void> {
  const apis = await service.list<Api>('v1/apis', 'apis')
  output.result(apis, () =>
    apis.length === 0
      ? 'No API is registered. `assay api add URL --app APP --tier …` adds one.'
      : table(
          ['API', 'APPS', 'TIERS', 'TOKEN', 'MODE', 'ENFORCEMENT', 'POLICY', 'LIFETIME'],
          apis.map((api) => [
            api.audience,
            api.apps.join(' '),
            api.tiers.join(' '),
            api.token,
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
  return fields([['api', api.audience], ...registrationFields(members, api)])
}

function kindInWords(token: Api['token']): string {
  switch (token) {
    case 'attestation':
      return 'attestation: in OAuth-Client-Attestation, for the guard'
    case 'access':
      return 'access: in Authorization, for stock resource servers, which see no ban before it expires'
  }
}

function enforcementInWords(enforcement: Api['enforcement']): string {
  switch (enforcement) {
    case 'enforce':
      return 'enforce: other tiers get no token'
    case 'observe':
      return 'observe: other tiers get tokens too, and the guard reports them'
  }
}
