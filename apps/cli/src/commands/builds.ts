import path from 'node:path'
import { Option, type Command } from 'commander'
import {
  abisToRegister,
  channels,
  coverages,
  defaultCoverage,
  type Channel,
  type Coverage,
} from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { examineWebFolder } from '../builds/examine-web-folder.ts'
import { look, readBuildFile } from '../builds/read-build-file.ts'
import { bodyOf } from '../builds/send-build-file.ts'
import { activationHint, retired, waitUntilActive } from '../builds/wait-until-active.ts'
import { byAge, endOf, example, integer, span, spanOrNever, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { readTextFile } from '../command-line/input-file.ts'
import { usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'
import { explain } from '../builds/build-warnings.ts'
import { addBuildDiffCommand } from './build-diff.ts'
import { buildsPath, describe, showBuild, type ShowOptions } from './build-show.ts'
import { addBuildStampCommand } from './build-stamp.ts'
import { addBuildStateCommands } from './build-state.ts'

interface AddOptions {
  app: string
  id?: string
  base?: string
  coverage?: string
  channel?: Channel
  expires?: number | 'never'
  onDifference?: 'refuse' | 'warning'
  for?: number
  abis?: string
  variant?: string
  replace?: string
  allowDebuggable?: boolean
  newSigner?: boolean
  newTeam?: boolean
  allowDebugSigner?: boolean
  versionCode?: number
  provenanceKey?: string
  issuer?: string
  wait?: number | true
}

export function addBuildCommands(program: Command, action: Action): void {
  const build = program.command('build').description('builds that may attest')
  build
    .command('add')
    .description('register a build: an APK, app bundle, split APKs, an IPA, or the folder of a web build')
    .argument('<file>', 'APK, AAB, APKS, IPA, or folder')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .option(
      '--id <id>',
      'build id (default: <version name>+<version code>; of a folder, what @assay/web-build or `build stamp` wrote into its pages)',
    )
    .option('--base <id>', 'an update over the air: the native build whose scripts the folder replaces')
    .addOption(
      new Option(
        '--coverage <coverage>',
        'what is measured: everything (image), scripts, or of a web build what its pages do not load later (entry); default: image, or scripts for an IPA that has some',
      ).choices(coverages),
    )
    .option(
      '--abis <list>',
      'of an app bundle or split APKs: the ABIs to register, separated by commas (default: arm64-v8a,armeabi-v7a)',
    )
    .option(
      '--variant <name>',
      'the file is what a store made of a registered build: it becomes an image of that build under this name',
    )
    .option(
      '--replace <name>',
      'with --variant and an admin key: the variant that it replaces, or `first` for the image that was registered first',
    )
    .addOption(
      new Option('--channel <channel>', 'for whom it is; tokens say so (default: production)').choices(
        channels,
      ),
    )
    .option(
      '--expires <time>',
      'when it ends by itself, such as 400d, or never (default); `build update` extends it',
      spanOrNever,
    )
    .addOption(
      new Option(
        '--on-difference <what>',
        'what devices get whose code differs, in the first days of the release: warning, if their hardware vouches for package, signer and version code, needs --for',
      )
        .choices(['refuse', 'warning'])
        .default('refuse'),
    )
    .option('--for <time>', 'how long --on-difference warning lasts: at most 14d', span)
    .option('--allow-debuggable', 'register a debuggable build; this is recorded')
    .option(
      '--new-signer',
      'the build brings a signing certificate that is new for the app; not needed for the first build',
    )
    .option(
      '--new-team',
      'the IPA is signed by a team of Apple’s that is new for the app; not needed for the first build',
    )
    .option(
      '--allow-debug-signer',
      'register a build that is signed with a debug or public test key, which anyone may have',
    )
    .option(
      '--version-code <number>',
      "its place in the order of the app's versions: for a folder, and for an IPA whose CFBundleVersion does not state it",
      integer,
    )
    .option(
      '--provenance-key <file>',
      'the private key of the pipeline, which signs what it has built; needs --id (`assay key add --provenance`)',
    )
    .option(
      '--issuer <url>',
      'with --provenance-key: public URL of the service that shall accept the build (default: the address that the CLI uses)',
    )
    .option('--wait [seconds]', `wait until the build is active (default: ${defaultWait} s)`, integer)
    .addHelpText(
      'after',
      example(
        'assay build add app-release.apk --app com.example.app',
        'assay build add app-release.aab --app com.example.app --abis arm64-v8a',
        'assay build add device.zip --app com.example.app --id 1.0+1 --variant play-protected --replace first',
        'assay build add ./update --app com.example.app --base 1.0+1 --id 1.0+1.r2',
        'assay build add App.ipa --app com.example.app.ios --version-code 42',
        'assay build add ./dist --app com.example.web --id 2026-11-25 --version-code 42',
        'assay build add ./dist --app com.example.web --id 42 --version-code 42 --provenance-key pipeline.pem --wait',
      ),
    )
    .action(action((context, [file], options: AddOptions) => addBuild(context, file as string, options)))
  addBuildStampCommand(build, action)
  build
    .command('list')
    .description('list the registered builds of an app')
    .requiredOption('--app <id>', 'the app that they are builds of')
    .addHelpText('after', example('assay build list --app com.example.app'))
    .action(action((context, _args, options: { app: string }) => listBuilds(context, options.app)))
  build
    .command('show')
    .description('show a build with its history and its segments')
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .option('--variant <name>', 'show the segments of this variant')
    .addHelpText('after', example('assay build show 1.0+1 --app com.example.app'))
    .action(action((context, [id], options: ShowOptions) => showBuild(context, id as string, options)))
  addBuildStateCommands(build, action)
  addBuildDiffCommand(build, action)
}

/** Seconds. */
const defaultWait = 300

async function addBuild(context: Context, file: string, options: AddOptions): Promise<void> {
  const { output, service } = context
  const found = await look(file)
  if (found.isDirectory()) {
    const examined = await examineWebFolder(file, options.id)
    for (const warning of examined.warnings) output.warn(warning)
    options = { ...options, ...(examined.build !== undefined && { id: examined.build }) }
    if (options.id === undefined)
      throw usageError('CLI_USAGE', 'A folder does not state a version', 'Pass --id.')
  }
  const differenceUntil = firstDaysOf(options, context)
  const query = new URLSearchParams()
  if (differenceUntil !== undefined) query.set('difference_until', differenceUntil)
  if (options.id !== undefined) query.set('id', options.id)
  if (options.base !== undefined) query.set('base', options.base)
  if (options.coverage !== undefined) query.set('coverage', options.coverage)
  if (options.channel !== undefined) query.set('channel', options.channel)
  const expiresAt = typeof options.expires === 'number' ? endOf(options.expires, context) : undefined
  if (typeof expiresAt === 'string') query.set('expires_at', expiresAt)
  if (options.abis !== undefined) query.set('abis', options.abis)
  if (options.variant !== undefined) query.set('variant', options.variant)
  if (options.replace !== undefined) query.set('replace', options.replace)
  if (options.allowDebuggable === true) query.set('allow_debuggable', 'true')
  if (options.newSigner === true) query.set('new_signer', 'true')
  if (options.newTeam === true) query.set('new_team', 'true')
  if (options.allowDebugSigner === true) query.set('allow_debug_signer', 'true')
  if (options.versionCode !== undefined) query.set('version_code', String(options.versionCode))
  const target = `${buildsPath(options.app)}?${query.toString()}`
  const provenance = await provenanceOf(context, file, { ...options, differenceUntil })
  const progress = output.progress(`sending ${path.basename(file)}`)
  let added: Build
  try {
    const body = await bodyOf(file, found, progress.update)
    added = (await service.upload(target, { ...body, provenance })) as Build
  } finally {
    progress.end()
  }
  const variant = added.variants.find(({ name }) => name === options.variant)
  for (const warning of (variant ?? added).warnings) output.warn(explain(warning))
  if (variant !== undefined) {
    output.result(added, () => `Registered ${variant.name} of ${added.id}.\n\n${describe(added)}`)
    if (variant.state === 'pending')
      output.warn(
        `devices with the variant get no tokens yet. \`assay build activate ${added.id} --variant ${variant.name} --app ${added.app}\` lets them, with an admin key`,
      )
    return
  }
  if (typeof expiresAt === 'string') warnOfKeptEnd(context, added, expiresAt)
  if (found.isDirectory()) await warnOfSameImage(context, added)
  if (added.state === 'pending' && options.wait !== undefined) {
    const path = `${buildsPath(added.app)}/${encodeURIComponent(added.id)}`
    added = await waitUntilActive(context, path, options.wait === true ? defaultWait : options.wait)
  }
  output.result(added, () => describe(added))
  if (added.state === 'pending') output.warn(`the build gets no tokens yet. ${activationHint(added)}`)
  if (added.state === 'retired') throw retired(added)
}

/** The same build sent again stays as it was registered, so a pipeline may repeat a step; its end stays, too. */
function warnOfKeptEnd({ output }: Context, added: Build, requested: string): void {
  if (added.expires_at === requested) return
  output.warn(
    `the build was registered before and ${added.expires_at === null ? 'does not expire' : `still expires at ${added.expires_at}`}. \`assay build update ${added.id} --app ${added.app} --expires TIME\` changes that`,
  )
}

/** The service takes the same files under two names. Usually somebody sent a folder that was not rebuilt. */
async function warnOfSameImage({ output, service }: Context, added: Build): Promise<void> {
  const builds = await service.list<Build>(buildsPath(added.app), 'builds')
  const same = builds.find(({ id, image_digest: digest }) => id !== added.id && digest === added.image_digest)
  if (same !== undefined)
    output.warn(`the same files are registered as build ${same.id}: was the right folder sent?`)
}

/** @returns RFC 3339, in whole seconds; undefined: what differs is refused */
function firstDaysOf(
  { onDifference, for: seconds }: AddOptions,
  { clock }: Pick<Context, 'clock'>,
): string | undefined {
  if ((onDifference === 'warning') !== (seconds !== undefined))
    throw usageError(
      'CLI_USAGE',
      '--on-difference warning and --for belong together',
      'Pass both, or neither.',
    )
  return seconds === undefined
    ? undefined
    : new Date((Math.floor(clock() / 1000) + seconds) * 1000).toISOString()
}

/** The signature covers what the file contains here: the service must read the same. */
async function provenanceOf(
  context: Context,
  file: string,
  {
    app,
    id,
    base,
    coverage,
    channel,
    abis,
    variant,
    versionCode,
    provenanceKey,
    issuer,
    ...more
  }: AddOptions & {
    differenceUntil: string | undefined
  },
): Promise<string | undefined> {
  if (provenanceKey === undefined) {
    if (issuer !== undefined)
      throw usageError('CLI_USAGE', '--issuer needs --provenance-key', 'It is part of what is signed.')
    return undefined
  }
  if (id === undefined)
    throw usageError('CLI_USAGE', '--provenance-key needs --id', 'What is signed names the build.')
  const { issuerOf, readProvenanceKey, signProvenance } = await import('../builds/sign-provenance.ts')
  const pem = await readTextFile(context, provenanceKey, 'the private key of the pipeline')
  const key = readProvenanceKey(pem, provenanceKey)
  const report = await readBuildFile(file, {
    coverage: coverage as Coverage | undefined,
    isUpdate: base !== undefined,
  })
  const place = { issuer: await issuerOf(context, issuer), app, build: id }
  const { format, segments, splits } = report
  const registered =
    base === undefined
      ? {
          version_code: versionCode ?? report.versionCode,
          base: null,
          coverage: (coverage as Coverage | undefined) ?? defaultCoverage(format, segments),
          channel: channel ?? null,
          difference_until:
            more.differenceUntil === undefined ? null : Date.parse(more.differenceUntil) / 1000,
          abis: splits === null ? null : (abisToRegister(splits.abis, abis?.split(',')) ?? null),
        }
      : { version_code: null, base, coverage: null, channel: null, difference_until: null, abis: null }
  return signProvenance(
    key,
    { ...place, ...registered, variant: variant ?? null },
    report.imageDigest,
    context.clock(),
  )
}

async function listBuilds({ output, service }: Context, app: string): Promise<void> {
  const builds = byAge(await service.list<Build>(buildsPath(app), 'builds')).reverse()
  output.result(builds, () =>
    builds.length === 0
      ? `No build of ${app} is registered. \`assay build add FILE --app ${app}\` adds one.`
      : table(
          ['BUILD', 'STATE', 'CHANNEL', 'VERSION CODE', 'FORMAT', 'COVERAGE', 'REGISTERED', 'EXPIRES'],
          builds.map((build) => [
            build.id,
            build.state,
            build.channel,
            String(build.version_code),
            build.format,
            build.coverage,
            build.created_at,
            build.expires_at ?? '-',
          ]),
        ),
  )
}
