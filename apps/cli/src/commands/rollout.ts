import { Option, type Command } from 'commander'
import type { Rollout } from '@assay/protocol/schemas'
import { example, span, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { table } from '../terminal/output.ts'

interface RolloutOptions {
  build?: string
  /** Seconds. */
  since: number
}

export function addRolloutCommand(program: Command, action: Action): void {
  program
    .command('rollout')
    .argument('<app>', 'id of the app')
    .description('what a build does to users, beside the build before it')
    .option('--build <id>', 'the build to look at (default: the newest that can attest)')
    .addOption(
      new Option('--since <time>', 'how far back, such as 90m, 24h or 7d')
        .argParser(span)
        .default(86_400, '24h'),
    )
    .addHelpText('after', example('assay rollout com.example.app --since 6h'))
    .action(action((context, [app = ''], options: RolloutOptions) => show(context, app, options)))
}

async function show(
  { output, service, clock }: Context,
  app: string,
  { build, since }: RolloutOptions,
): Promise<void> {
  const query = new URLSearchParams({
    since: new Date(clock() - since * 1000).toISOString(),
    ...(build === undefined ? {} : { build }),
  })
  const path = `v1/apps/${encodeURIComponent(app)}/rollout?${query.toString()}`
  const rollout = (await service.get(path)) as Rollout
  output.result(rollout, () => inWords(rollout))
}

type Reach = NonNullable<Rollout['build']>

function inWords(rollout: Rollout): string {
  const { build, previous, os_versions, installations, safe_to_enforce } = rollout
  if (build === null) return 'The app has no build that can attest.'
  const builds = [build, previous].filter((one): one is Reach => one !== null)
  const reasons = builds.flatMap(({ build: id, reasons: some }) =>
    some.map(({ code, installations: count }) => [id, code, String(count)]),
  )
  return [
    table(
      ['BUILD', 'REACHED', 'PASSED', 'REFUSED'],
      [...builds.map((one) => [one.build, ...numbersOf(one)]), ['all builds', ...numbersOf(installations)]],
    ),
    ...(reasons.length === 0 ? [] : [table(['BUILD', 'CODE', 'REFUSED'], reasons)]),
    ...(os_versions.length === 0 ? [] : [versionsInWords(os_versions)]),
    safeInWords(safe_to_enforce),
  ].join('\n\n')
}

const numbersOf = ({ reached, passed, refused, ...more }: Rollout['installations']): string[] =>
  [reached, passed, refused].map((count) => about(count, more))

const about = (count: number, { approximate }: { approximate?: true }): string =>
  approximate === true ? `~${count}` : String(count)

/** As the console calls it. */
const nameOf = (version: string): string => (version === '' ? 'not stated' : version)

const versionsInWords = (versions: Rollout['os_versions']): string =>
  table(
    ['OS VERSION', 'PASSED', 'REFUSED', 'REFUSED BEFORE'],
    versions.map(({ os_version, before, ...now }) => [
      nameOf(os_version),
      ...[now.passed, now.refused].map((count) => about(count, now)),
      about(before.refused, before),
    ]),
  )

function safeInWords({ is_safe, doubts, refused_share, rule }: Rollout['safe_to_enforce']): string {
  const share = `${percent(refused_share.low)} to ${percent(refused_share.high)}`
  if (is_safe)
    return `Safe to enforce: the build has reached at least ${rule.least_reached} installations, and of these ${share} are refused.`
  return ['Not yet safe to enforce:', ...doubts.map((doubt) => `- ${doubtInWords(doubt, share, rule)}`)].join(
    '\n',
  )
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

type SafeToEnforce = Rollout['safe_to_enforce']

function doubtInWords(
  { kind, installations, of }: SafeToEnforce['doubts'][number],
  share: string,
  rule: SafeToEnforce['rule'],
): string {
  switch (kind) {
    case 'too_few':
      return `the build has reached ${installations} installations; ${rule.least_reached} are needed`
    case 'refused':
      return `${share} of them are refused (95% interval); the upper end must be at most ${percent(rule.most_refused)}`
    case 'os_version':
      return `OS version ${nameOf(of ?? '')}: ${installations} are refused, more than ${percent(rule.most_of_os_version)} of these devices`
    case 'uncounted':
      return `${installations} are counted without their ${of ?? ''}: there are too many to count each`
    case 'observed':
      return `${of ?? ''} only observes, and would refuse ${installations} for their tier`
  }
}
