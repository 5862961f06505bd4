import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import type { BuildReport } from '@assay/app-image'
import { usageError } from '../cli-error.ts'
import type { Context } from '../context.ts'
import { bytes, fields, table } from '../output.ts'
import { example } from './apps.ts'
import type { Action } from './arguments.ts'
import { explain, formatOf, segmentTable } from './builds.ts'

interface InspectOptions {
  secrets: boolean
}

export function addInspectCommand(program: Command, action: Action): void {
  program
    .command('inspect')
    .description(
      'tell what a build holds, without a service: identity, signature, code image, embedded secrets',
    )
    .argument('<file>', 'APK, IPA, or the folder of a web build')
    .option('--no-secrets', 'do not search for embedded secrets')
    .addHelpText('after', example('assay inspect app-release.apk', 'assay inspect app-release.apk --json'))
    .action(action((context, [file], options: InspectOptions) => inspect(context, file as string, options)))
}

async function inspect({ output }: Context, file: string, options: InspectOptions): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw usageError('CLI_FILE_UNREADABLE', 'The file cannot be read', `Does ${file} exist?`, cause)
  })
  const [{ AppImageError, readBuild }, { findSecrets }] = await Promise.all([
    import('@assay/app-image'),
    import('@assay/app-image/secrets'),
  ])
  try {
    const report = await readBuild(file, { format: found.isDirectory() ? 'web' : formatOf(file) })
    const secrets = options.secrets ? await findSecrets(file) : []
    for (const warning of report.warnings) output.warn(explain(warning))
    output.result({ ...report, secrets }, () => {
      const shown = secrets.map(({ rule, segment, masked }) => [rule, segment, masked])
      const secretLines =
        shown.length === 0
          ? []
          : ['', 'Embedded secrets: anyone can read them', table(['RULE', 'WHERE', 'VALUE'], shown)]
      return [describe(report), '', segmentTable(report), ...secretLines].join('\n')
    })
  } catch (error) {
    if (!(error instanceof AppImageError)) throw error
    throw usageError(
      'CLI_BUILD_UNREADABLE',
      `${error.message} (${error.code})`,
      'docs/errors.md explains the code.',
      error,
    )
  }
}

function describe(report: BuildReport): string {
  const size = report.segments.reduce((sum, { length }) => sum + length, 0)
  return fields([
    ['format', report.format],
    ['package', report.package || '-'],
    ['version', `${report.versionName ?? '-'} (${report.versionCode ?? 'to be given with --version-code'})`],
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
    case 'ipa':
      return [
        ['signature', 'not verified: the App Store replaces it; App Attest tells whose app a device runs'],
        ['coverage', 'scripts: the App Store encrypts executables'],
      ]
    case 'web':
      return []
  }
}
