import type { Command } from 'commander'
import type { BuildReport } from '@assay/app-image'
import { readBuildFile } from '../builds/read-build-file.ts'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { bytes, fields, table } from '../terminal/output.ts'
import { explain } from '../builds/build-warnings.ts'
import { segmentTable } from './build-show.ts'

interface InspectOptions {
  secrets: boolean
}

export function addInspectCommand(program: Command, action: Action): void {
  program
    .command('inspect')
    .description(
      'show what a build holds, without a service: identity, signature, code image, embedded secrets',
    )
    .argument('<file>', 'APK, AAB, APKS, IPA, or the folder of a web build')
    .option('--no-secrets', 'do not search for embedded secrets')
    .addHelpText('after', example('assay inspect app-release.apk', 'assay inspect app-release.apk --json'))
    .action(action((context, [file], options: InspectOptions) => inspect(context, file as string, options)))
}

async function inspect({ output }: Context, file: string, options: InspectOptions): Promise<void> {
  const report = await readBuildFile(file)
  const secrets = options.secrets ? await secretsIn(file) : []
  for (const warning of report.warnings) output.warn(explain(warning))
  output.result({ ...report, secrets }, () => {
    const parts = [describe(report), segmentTable(report)]
    if (secrets.length > 0) {
      const rows = secrets.map(({ rule, segment, masked }) => [rule, segment, masked])
      parts.push(`Embedded secrets: anyone can read them\n${table(['RULE', 'WHERE', 'VALUE'], rows)}`)
      const routes = routesFor(secrets)
      if (routes.length > 0)
        parts.push(
          `Routes of \`assay guard proxy\` that would hold them instead\n${table(['RULE', 'OPTIONS'], routes)}`,
        )
    }
    return parts.join('\n\n')
  })
}

async function secretsIn(file: string) {
  const [{ findSecrets }, { providerOf }] = await Promise.all([
    import('../builds/embedded-secrets.ts'),
    import('../builds/secret-providers.ts'),
  ])
  const found = await findSecrets(file)
  return found.map((secret) => {
    const provider = providerOf(secret.rule)
    if (provider === undefined) return { ...secret, replaced_by: null }
    const { upstream, inject, route, source } = provider
    return { ...secret, replaced_by: { upstream, inject, route, source } }
  })
}

type FoundSecret = Awaited<ReturnType<typeof secretsIn>>[number]

/** One line for each provider, however many of its keys there are. */
function routesFor(secrets: readonly FoundSecret[]): string[][] {
  const lines = new Map<string, string>()
  for (const { rule, replaced_by: by } of secrets)
    if (by !== null)
      lines.set(rule, `--upstream ${by.upstream} --inject '${by.inject}@FILE' --route '${by.route}'`)
  return [...lines]
}

function describe(report: BuildReport): string {
  const size = report.segments.reduce((sum, { length }) => sum + length, 0)
  return fields([
    ['format', report.format],
    ['package', report.package || '-'],
    ['version', `${report.versionName ?? '-'} (${report.versionCode ?? 'give it with --version-code'})`],
    ...platformFields(report),
    ['framework', report.framework],
    ['debuggable', report.debuggable ? 'yes' : 'no'],
    [
      'code image',
      `${report.segments.length} segments, ${bytes(size)}, digest ${report.imageDigest.slice(0, 16)}…`,
    ],
  ])
}

function platformFields(report: BuildReport): [string, string][] {
  switch (report.format) {
    case 'apk':
      return [
        ['SDK levels', `min ${report.minSdk ?? '-'}, target ${report.targetSdk ?? '-'}`],
        ['signed by', report.signers.join(', ') || '-'],
        ['schemes', report.schemes.join(', ') || '-'],
      ]
    case 'aab':
      return [
        ...splitFields(report),
        ['signed by', 'not checked: the store signs again, with a key that the bundle does not name'],
      ]
    case 'apks':
      return [...splitFields(report), ['signed by', report.signers.join(', ') || '-']]
    case 'ipa':
      return [
        ['code signature', codeSignature(report)],
        [
          'signed by',
          'not checked: the App Store signs again; hardware evidence says whose app a device runs',
        ],
        ['in memory', textOf(report)],
      ]
    case 'web':
      return []
  }
}

function splitFields({ minSdk, targetSdk, splits }: BuildReport): [string, string][] {
  return [
    ['SDK levels', `min ${minSdk ?? '-'}, target ${targetSdk ?? '-'}`],
    ['modules', splits?.modules.join(', ') ?? '-'],
    ['ABIs', splits?.abis.join(', ') || 'no native code'],
  ]
}

function textOf({ segments }: BuildReport): string {
  const text = segments.filter(({ kind }) => kind === 'text')
  return text.length === 0
    ? 'nothing for 64-bit ARM'
    : `${text.length} sections of executables, which the App Store encrypts on disk`
}

function codeSignature({ codeSignature: slices }: BuildReport): string {
  if (slices.length === 0) return 'none'
  const of = slices.map(({ arch, cdHash, teamId }) => `${arch} ${cdHash} (team ${teamId ?? '-'})`)
  return `fits the executable: ${of.join(', ')}`
}
