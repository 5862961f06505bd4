import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Stats } from '@assay/protocol/schemas'
import { example, span, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'
import { showInstallationStats, userNames } from './installation-stats.ts'

const filters = ['app', 'build', 'platform', 'tier', 'code', 'evidence', 'policy', 'abi', 'variant'] as const
const groupings = [...filters, 'os_version', 'outcome', 'minute', 'hour', 'day'] as const
const outcomes = [
  ...['passed', 'refused', 'must_enrol', 'malfunction', 'reported', 'unproven', 'unserved'],
  ...['shadow_agreed', 'shadow_refused', 'shadow_passed', 'shadow_failed'],
] as const

type StatsOptions = Partial<Record<(typeof filters)[number], string>> & {
  /** Seconds. */
  since: number
  by: string[]
  osVersion?: string
  outcome?: string
  limit?: string
  count: 'attestations' | 'installations'
}

export function addStatsCommand(program: Command, action: Action): void {
  const stats = program
    .command('stats')
    .description('how attestations ended, over all devices')
    .addOption(
      new Option('--since <time>', 'how far back, such as 90m, 24h or 7d')
        .argParser(span)
        .default(86_400, '24h'),
    )
    .addOption(
      new Option('--by <names>', `what to group by, with commas: ${groupings.join(', ')}`)
        .argParser(names)
        .default(['app'], 'app'),
    )
  for (const name of filters) stats.option(`--${name} <value>`, `only of this ${name}`)
  stats
    .option('--os-version <value>', 'only of this OS version, such as "Android 16"')
    .addOption(
      new Option('--count <what>', 'attestations, or the different installations that attested')
        .choices(['attestations', 'installations'])
        .default('attestations'),
    )
    .addOption(new Option('--outcome <outcome>', 'only those that ended so').choices(outcomes))
    .option('--limit <number>', 'lines, at most (1 to 1000; default 500)')
    .addHelpText(
      'after',
      `${example('assay stats --since 24h --by build,code', 'assay stats --since 7d --by day,outcome --app com.example.app', 'assay stats --by os_version --count installations')}

Must enrol: the client was asked to send full evidence first, which the SDK then does by itself.
Unproven: refused before the client proved possession of a key, which anybody can cause; no verdict on a device.
Unserved: answered with 429 or 503; assay explain CODE names the option that helps.
Reported: failures of exchanges that the service has not seen, as SDKs report them, unsigned.
Of a shadow policy (assay app update ID --shadow-policy ID): attestations that it judged too; of these, those that
it would refuse and that passed, those that it would pass and that were refused, and those that it could not judge.

--count installations counts users: each installation once, however often it attests, and only if it has proved
possession of its key. They are counted by one of ${userNames.join(', ')}, or by build and code together
(then only those with a code), and by hour or day. One that passed and was refused is in both columns. ~ marks an estimate.`,
    )
    .action(
      action((context, _args, { count, osVersion, ...options }: StatsOptions) => {
        if (count === 'installations') return showInstallationStats(context, { osVersion, ...options })
        if (osVersion !== undefined || options.by.includes('os_version'))
          throw usageError(
            'CLI_USAGE',
            'Attestations are not counted by OS version',
            'Add --count installations.',
          )
        return showStats(context, options)
      }),
    )
}

function names(text: string): string[] {
  const given = text.split(',').map((name) => name.trim())
  if (!given.every((name) => (groupings as readonly string[]).includes(name)))
    throw new InvalidArgumentError(`They are ${groupings.join(', ')}.`)
  return given
}

async function showStats(
  { output, service, clock }: Context,
  { since, by, ...where }: Omit<StatsOptions, 'count' | 'osVersion'>,
): Promise<void> {
  const query = new URLSearchParams({
    since: new Date(clock() - since * 1000).toISOString(),
    by: by.join(','),
    ...where,
  })
  const stats = (await service.get(`v1/stats?${query.toString()}`)) as Stats
  output.result(stats, () => statsInWords(stats, by))
  if (stats.truncated) output.note('\nThere are more: --limit shows up to 1000, a filter fewer.')
}

function statsInWords({ groups, since, until, latency }: Stats, by: readonly string[]): string {
  if (groups.length === 0) return `Nothing was attested between ${since} and ${until}.`
  const hasEnrolments = groups.some(({ must_enrol: count }) => count !== undefined)
  const more = (['unproven', 'unserved'] as const).filter((name) =>
    groups.some((group) => group[name] !== undefined),
  )
  const hasShadow = groups.some(({ shadow }) => shadow !== undefined)
  const lines = table(
    [
      ...by.map((name) => name.toUpperCase()),
      ...['PASSED', 'REFUSED', 'MALFUNCTIONS', 'REPORTED'],
      ...(hasEnrolments ? ['MUST ENROL'] : []),
      ...more.map((name) => name.toUpperCase()),
      ...(hasShadow ? ['SHADOW', 'WOULD REFUSE', 'WOULD PASS', 'FAILED'] : []),
    ],
    groups.map((group) => [
      ...by.map((name) => cell(group, name)),
      String(group.passed),
      String(group.refused),
      String(group.malfunctions),
      String(group.reported),
      ...(hasEnrolments ? [String(group.must_enrol ?? 0)] : []),
      ...more.map((name) => String(group[name] ?? 0)),
      ...(hasShadow ? shadowCells(group) : []),
    ]),
  )
  const { p50_ms: half, p99_ms: most } = latency
  return half === null ? lines : `${lines}\n\nHalf took at most ${half} ms, 99 % ${mostInWords(most)}.`
}

/** Judged by a shadow policy; of these, the ones that passed but that it would refuse, and the reverse. */
function shadowCells({ shadow }: Stats['groups'][number]): string[] {
  return shadow === undefined
    ? ['-', '-', '-', '-']
    : [shadow.judged, shadow.refused, shadow.passed, shadow.failed].map(String)
}

const mostInWords = (most: number | null) => (most === null ? 'more than 5 s' : `at most ${most} ms`)

function cell(group: Stats['groups'][number], name: string): string {
  const value = ['minute', 'hour', 'day'].includes(name)
    ? group.at
    : group[name as Exclude<keyof typeof group, 'shadow'>]
  return value === undefined || value === '' ? '-' : String(value)
}
