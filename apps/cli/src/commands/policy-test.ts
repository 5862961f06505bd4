import type { Command } from 'commander'
import type { Api, App, DryRunReport } from '@assay/protocol/schemas'
import { example, span, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'

interface TestOptions {
  /** Seconds. */
  against: number
  app?: string
  audience?: string
}

/** `assay policy test`. */
export function addPolicyTest(policy: Command, action: Action): void {
  policy
    .command('test')
    .description('count which devices of the last days a policy would have refused; it changes nothing')
    .argument('<id>', 'its id, as `assay policy list` shows it')
    .requiredOption('--against <time>', 'how far back, such as 24h or 7d; at most 14d', span)
    .option('--app <id>', 'whose devices (default: the app that has the policy, or the only one)')
    .option('--audience <url>', 'the API whose tiers count (default: the first that names the app)')
    .addHelpText('after', example('assay policy test strict --against 7d --app com.example.app'))
    .action(action((context, [id], options: TestOptions) => testPolicy(context, id as string, options)))
}

async function testPolicy(context: Context, id: string, options: TestOptions): Promise<void> {
  const { output, service, clock } = context
  const app = options.app ?? (await appOf(context, id))
  const report = (await service.post(`v1/apps/${encodeURIComponent(app)}/dry-run`, {
    policy: id,
    audience: options.audience,
    since: new Date(clock() - options.against * 1000).toISOString(),
  })) as DryRunReport
  output.result(report, () => inWords(report))
}

/** The only app that a policy can be meant for. @throws CliError `CLI_USAGE` */
async function appOf({ service }: Context, id: string): Promise<string> {
  const apps = await service.list<App>('v1/apps', 'apps')
  const apis = await service.list<Api>('v1/apis', 'apis')
  const namedByApi = new Set(apis.filter(({ policy }) => policy === id).flatMap((api) => api.apps))
  const having = apps.filter((app) => app.policy === id || app.shadow_policy === id || namedByApi.has(app.id))
  const [one, another] = having.length > 0 ? having : apps
  if (one === undefined || another !== undefined)
    throw usageError('CLI_USAGE', 'Say which app', 'Give --app: `assay app list` shows the apps.')
  return one.id
}

function inWords(report: DryRunReport): string {
  const { installations, refused, newly_refused: newly, newly_admitted: admitted, reasons, basis } = report
  const { app, audience, token, tiers, policy } = report
  if (installations === 0) return `No device of ${app} was seen in this time.`
  const lines = [
    `Of ${number(installations)} installations of ${app}, ${estimate(refused)} would have been refused by ${policy.id}, version ${policy.version}, at ${audience} (${tiers.join(', ')}).`,
    `Of these, ${estimate(newly)} get tokens today; of those that get none, ${estimate(admitted)} would get some.`,
    ...(token === 'access'
      ? [
          'Its tokens are access tokens: it never observes, and no allow list counts, so these devices get none.',
        ]
      : []),
  ]
  const rows = reasons.map(({ code, build, count }) => [code, build, number(count)])
  return [
    lines.join('\n'),
    ...(rows.length === 0 ? [] : [table(['REASON', 'BUILD', 'INSTALLATIONS'], rows)]),
    basis.map(basisInWords).join('\n'),
  ].join('\n\n')
}

const number = (value: number) => value.toLocaleString('en').replaceAll(',', '\u202f')

function estimate({ count, low, high }: DryRunReport['refused']): string {
  return low === high ? number(count) : `about ${number(count)} (${number(low)} to ${number(high)})`
}

function basisInWords({ kind, installations, judged, undecided }: DryRunReport['basis'][number]): string {
  const what = kind === 'remembered' ? 'with remembered hardware evidence' : 'of all others, from a sample'
  const rest = undecided === 0 ? '' : `; ${number(undecided)} could not be judged`
  return `${number(judged)} of ${number(installations)} ${what}${rest}.`
}
