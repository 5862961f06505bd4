import type { BuildSplits } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { readBuildCounts, type BuildCount } from '../builds/build-counts.ts'
import { historyRows, readBuildHistory, type BuildHistory } from '../builds/build-history.ts'
import type { Context } from '../command-line/context.ts'
import { CliError } from '../faults/cli-error.ts'
import { bytes, fields, table } from '../terminal/output.ts'

export const buildsPath = (app: string) => `v1/apps/${encodeURIComponent(app)}/builds`

export interface ShowOptions {
  app: string
  variant?: string
}

/** What is registered of a build, how its attestations ended, and who did what to it. */
export async function showBuild(
  { output, service, clock }: Context,
  id: string,
  { app, variant }: ShowOptions,
): Promise<void> {
  const query = variant === undefined ? '' : `?variant=${encodeURIComponent(variant)}`
  const build = (await service.get(`${buildsPath(app)}/${encodeURIComponent(id)}${query}`)) as Build
  const history = await readBuildHistory(service, app, id)
  const counts = await readCounts(service, build, clock())
  output.result({ ...build, history, attestations: counts }, () =>
    [
      describe(build),
      ...variantTable(build),
      countTable(counts),
      historyTable(history),
      segmentTable(build),
    ].join('\n\n'),
  )
}

/** @returns null for a key that may not read them */
async function readCounts(
  service: Context['service'],
  build: Build,
  now: number,
): Promise<BuildCount[] | null> {
  try {
    return await readBuildCounts((path) => service.get(path), build.app, [build], now)
  } catch (error) {
    if (error instanceof CliError && error.code === 'scope_insufficient') return null
    throw error
  }
}

function countTable(counts: readonly BuildCount[] | null): string {
  if (counts === null) return 'This key may not read how its attestations ended.'
  if (counts.length === 0) return 'Nobody has attested with it since it was registered.'
  return table(
    ['ABI', 'VARIANT', 'PASSED', 'REFUSED', 'SINCE IT WAS REGISTERED'],
    counts.map(({ abi, variant, passed, refused }) => [
      abi || 'any',
      variant || 'as registered first',
      String(passed),
      String(refused),
      `${Math.round((100 * refused) / (passed + refused))} % refused`,
    ]),
  )
}

/** What stores made of the build. */
function variantTable({ variants, first_ended_at: ended }: Build): string[] {
  if (variants.length === 0) return []
  const first = ended === null ? 'served' : `ended at ${ended}`
  return [
    table(
      ['VARIANT', 'STATE', 'ABIS', 'DIGEST', 'REGISTERED'],
      [
        ['(first)', first, '', '', ''],
        ...variants.map(({ name, state, splits, image_digest: digest, created_at: at }) => [
          name,
          state,
          splits?.abis.join(', ') ?? '-',
          `${digest.slice(0, 16)}…`,
          at,
        ]),
      ],
    ),
  ]
}

function historyTable(history: BuildHistory | null): string {
  if (history === null) return 'Its history is in the audit log, which this key may not read.'
  if (history.length === 0) return 'The audit log has nothing about it.'
  return table(['AT', 'WHAT', 'BY'], historyRows(history))
}

export function describe(build: Build): string {
  const size = build.segments.reduce((sum, { length }) => sum + length, 0)
  return fields([
    ['app', build.app],
    ['build', build.id],
    ['state', build.state],
    ['package', build.package || '-'],
    ['version', `${build.version_name ?? '-'} (${build.version_code})`],
    ['framework', build.framework],
    ['SDK', build.sdk ?? 'none found'],
    ['debuggable', build.debuggable ? 'yes' : 'no'],
    ['signed by', build.signers.join(', ') || '-'],
    ['schemes', build.schemes.join(', ') || '-'],
    ...(build.base === null ? [] : [['update of', build.base] as [string, string]]),
    ['coverage', build.coverage],
    ['channel', build.channel],
    ['expires', build.expires_at ?? 'never'],
    ...(build.difference_until === null
      ? []
      : [['if code differs', `warning until ${build.difference_until}`] as [string, string]]),
    ...(build.splits === null ? [] : splitFields(build.splits)),
    [
      'code image',
      `${build.segments.length} segments, ${bytes(size)}, digest ${build.image_digest.slice(0, 16)}…`,
    ],
  ])
}

function splitFields({ modules, omitted, abis }: BuildSplits): [string, string][] {
  return [
    [
      'modules',
      omitted.length === 0
        ? modules.join(', ')
        : `${modules.join(', ')}; not measured: ${omitted.join(', ')}`,
    ],
    ['ABIs', abis.join(', ')],
  ]
}

export function segmentTable({ segments }: Pick<Build, 'segments'>): string {
  return table(
    ['SEGMENT', 'KIND', 'SIZE', 'SHA-256'],
    segments.map(({ name, kind, length, sha256 }) => [name, kind, bytes(length), `${sha256.slice(0, 16)}…`]),
  )
}
