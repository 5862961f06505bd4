import type { InstallationStats } from '@assay/protocol/schemas'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'

/** What installations are counted by. */
export const userNames = ['app', 'build', 'os_version', 'tier', 'code'] as const

interface InstallationOptions {
  /** Seconds. */
  since: number
  by: string[]
  limit?: string
  osVersion: string | undefined
  [filter: string]: unknown
}

type Group = InstallationStats['groups'][number]

/** Counts users, where `assay stats` counts attestations. */
export async function showInstallationStats(
  { output, service, clock }: Context,
  { since, by, osVersion, ...rest }: InstallationOptions,
): Promise<void> {
  const filters = { ...rest, ...(osVersion === undefined ? {} : { os_version: osVersion }) }
  checkCounted(by, filters)
  const query = new URLSearchParams({
    since: new Date(clock() - since * 1000).toISOString(),
    by: by.join(','),
    ...(filters as Record<string, string>),
  })
  const stats = (await service.get(`v1/stats/installations?${query.toString()}`)) as InstallationStats
  output.result(stats, () => inWords(stats, by))
  if (stats.truncated) output.note('\nThere are more: --limit shows up to 1000, a filter fewer.')
}

/** @throws CliError for what is not counted: the service would only say that the query is invalid */
function checkCounted(by: readonly string[], filters: Readonly<Record<string, unknown>>): void {
  const named = [...by, ...Object.keys(filters).filter((name) => name !== 'limit')]
  const names = new Set(named.filter((name) => !['app', 'hour', 'day'].includes(name)))
  const unknown = [...names].find((name) => !(userNames as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw usageError(
      'CLI_USAGE',
      `Installations are not counted by ${unknown}`,
      `They are by ${userNames.join(', ')}.`,
    )
  if (names.size > 1 && [...names].sort().join() !== 'build,code')
    throw usageError(
      'CLI_USAGE',
      `Installations are not counted by ${[...names].join(' and ')} together`,
      'By build and code they are.',
    )
}

function inWords({ groups, since, until, standard_error }: InstallationStats, by: readonly string[]): string {
  if (groups.length === 0) return `No installation attested between ${since} and ${until}.`
  const names = by.includes('app') ? by : ['app', ...by]
  const lines = table(
    [...names.map((name) => name.toUpperCase()), 'PASSED', 'REFUSED'],
    groups.map((group) => [
      ...names.map((name) => cell(group, name)),
      numberOf(group.passed, group),
      numberOf(group.refused, group),
    ]),
  )
  return groups.some(({ approximate }) => approximate)
    ? `${lines}\n\n~ is an estimate, with a standard error of ${(standard_error * 100).toFixed(1)} %.`
    : lines
}

const numberOf = (count: number, { approximate }: Pick<Group, 'approximate'>): string =>
  approximate === true ? `~${count}` : String(count)

function cell(group: Group, name: string): string {
  if (name === 'hour' || name === 'day') return group.at ?? '-'
  if (name === 'app') return group.app
  if (group.other === true) return 'other'
  return group[name as 'build' | 'os_version' | 'tier' | 'code'] || '-'
}
