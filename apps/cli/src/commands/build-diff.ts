import type { Command } from 'commander'
import type { BuildReport } from '@assay/app-image'
import type { Build } from '@assay/protocol/schemas'
import {
  compareBuilds,
  forDevicesOf,
  type BuildDifference,
  type ComparedBuild,
} from '../builds/build-difference.ts'
import { readBuildFile } from '../builds/read-build-file.ts'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { findClasses } from '../stores/find-classes.ts'
import { possibleWrappers, recogniseWrappers, type Recognised } from '../stores/recognise.ts'
import { bytes, paragraph, table } from '../terminal/output.ts'
import { printable } from '../terminal/terminal.ts'

interface DiffOptions {
  app: string
  file?: string
  variant?: string
}

export function addBuildDiffCommand(build: Command, action: Action): void {
  build
    .command('diff')
    .description('show which segments and properties differ between two builds')
    .argument('<from>', 'id of a registered build')
    .argument('[to]', 'id of another build, unless --file is given')
    .requiredOption('--app <id>', 'the app that both are builds of')
    .option(
      '--file <file>',
      'compare with an APK, AAB, APKS, IPA, the folder of a web build, or the APKs that a store delivers to a device, in one ZIP; it need not be registered',
    )
    .option('--variant <name>', 'compare from this variant of the first build')
    .addHelpText(
      'after',
      example(
        'assay build diff 1.0+1 1.1+2 --app com.example.app',
        'assay build diff 1.0+1 --file app-release.apk --app com.example.app',
        'assay build diff 1.0+1 --file device.zip --app com.example.app',
      ),
    )
    .action(action((context, [from, to], options: DiffOptions) => diff(context, from as string, to, options)))
}

async function diff(
  { output, service }: Context,
  from: string,
  to: string | undefined,
  { app, file, variant }: DiffOptions,
): Promise<void> {
  if ((to === undefined) === (file === undefined)) {
    throw usageError(
      'CLI_USAGE',
      'One build is compared with exactly one other',
      'Give either a second build id or --file FILE.',
    )
  }
  const find = async (id: string, query = '') =>
    (await service.get(
      `v1/apps/${encodeURIComponent(app)}/builds/${encodeURIComponent(id)}${query}`,
    )) as Build
  const before = await find(from, variant === undefined ? '' : `?variant=${encodeURIComponent(variant)}`)
  const names = { from: variant === undefined ? from : `${from} (${variant})`, to: file ?? to ?? '' }
  const compared =
    file === undefined ? compareTwo(before, await find(to ?? '')) : await compareFile(before, file)
  output.result({ app, ...names, ...compared }, () => describe(app, names, compared))
}

/** A difference, and what is known to make such a one. */
interface Explained extends BuildDifference {
  /** Segments of the build that are for devices other than those of a set of APKs, and were not compared. */
  for_other_devices: number
  explained_by: Recognised[]
}

function compareTwo(before: Build, after: Build): Explained {
  const difference = compareBuilds(before, after)
  return { ...difference, for_other_devices: 0, explained_by: explain(difference, new Map()) }
}

async function compareFile(before: Build, file: string): Promise<Explained> {
  const { keep, classes } = findClasses()
  const report = await readBuildFile(file, { keep })
  const set = report.format === 'apks' && before.splits !== null ? report.splits : null
  const { segments, left } = set === null ? { segments: before.segments, left: 0 } : forDevicesOf(before, set)
  const difference = compareBuilds({ ...before, segments }, comparedFile(report))
  return { ...difference, for_other_devices: left, explained_by: explain(difference, classes) }
}

/** @param classes of the second build, by segment */
function explain(
  { added, changed }: BuildDifference,
  classes: ReadonlyMap<string, readonly string[]>,
): Recognised[] {
  const appeared = added.map(({ name }) => name)
  const differing = new Set([...appeared, ...changed.map(({ name }) => name)])
  const found = recogniseWrappers(appeared, new Map([...classes].filter(([name]) => differing.has(name))))
  return found.length > 0 || appeared.length > 0 ? found : possibleWrappers(changed.map(({ name }) => name))
}

/** Where a reader's report has the properties of a build; coverage and SDK are determined only at registration. */
const reported = {
  format: 'format',
  package: 'package',
  version_name: 'versionName',
  version_code: 'versionCode',
  min_sdk: 'minSdk',
  target_sdk: 'targetSdk',
  debuggable: 'debuggable',
  signers: 'signers',
  schemes: 'schemes',
  framework: 'framework',
} as const

function comparedFile(report: BuildReport): ComparedBuild {
  const members = report as unknown as Readonly<Record<string, unknown>>
  const stated = Object.entries(reported).map(([property, member]) => [property, members[member]])
  // A folder has no version code of its own: it was given when the build was registered.
  const given = report.format === 'web' ? { version_code: undefined } : {}
  return { ...(Object.fromEntries(stated) as object), ...given, segments: report.segments }
}

function describe(app: string, names: { from: string; to: string }, difference: Explained): string {
  const parts = [printable(`${app}: ${names.from} -> ${names.to}`)]
  if (difference.properties.length > 0) parts.push(propertyTable(names, difference))
  if (!difference.same_code) parts.push(segmentTable(difference))
  parts.push(summary(difference))
  parts.push(...difference.explained_by.map(explanation))
  return parts.join('\n\n')
}

function explanation({ name, does, action, segments, certainty, sources }: Recognised): string {
  const [about] = sources
  const head =
    certainty === 'likely'
      ? `${segments.join(', ')}: this looks like ${name}`
      : `Only dex files differ: this may be ${name}, or the app was patched`
  return paragraph(`${head}, ${does}. Devices that get it are refused. ${action} See ${about}`, '')
}

function propertyTable(names: { from: string; to: string }, { properties }: BuildDifference): string {
  const rows = properties.map(({ property, from, to }) => [
    property.replace('_', ' '),
    shown(from),
    shown(to),
  ])
  return table(['PROPERTY', printable(names.from), printable(names.to)], rows)
}

function shown(value: unknown): string {
  if (value === null) return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  return value.length === 0 ? '-' : value.map((one: string) => shortened(one)).join(' ')
}

/** Digests of certificates, shortened to what tells them apart. */
function shortened(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 16)}…` : text
}

function segmentTable({ changed, added, removed, renamed }: BuildDifference): string {
  return table(
    ['SEGMENT', 'KIND', 'WHAT', 'SIZE'],
    [
      ...changed.map(({ name, kind, from, to }) => [name, kind, 'changed', change(from.length, to.length)]),
      ...added.map(({ name, kind, length }) => [name, kind, 'appeared', bytes(length)]),
      ...removed.map(({ name, kind, length }) => [name, kind, 'went', bytes(length)]),
      ...renamed.map(({ from, to, kind, length }) => [to, kind, `was ${from}`, bytes(length)]),
    ],
  )
}

function change(from: number, to: number): string {
  if (from === to) return `${bytes(to)}, as before`
  return `${bytes(to)} (${to > from ? '+' : '-'}${bytes(Math.abs(to - from))})`
}

function summary({ same_code, for_other_devices: left, ...difference }: Explained): string {
  const { changed, added, removed, renamed, unchanged } = difference
  const others = left === 0 ? '' : ` ${left} more are for devices of other kinds.`
  if (same_code) return `The code is identical: all ${unchanged} segments.${others}`
  const counts: [number, string][] = [
    [changed.length, 'changed'],
    [added.length, 'appeared'],
    [removed.length, 'went'],
    [renamed.length, 'renamed'],
    [unchanged, 'unchanged'],
  ]
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return `Segments: ${parts.join(', ')}.${others}`
}
