import path from 'node:path'
import { Option, type Command } from 'commander'
import {
  abisToRegister,
  channels,
  coverages,
  defaultCoverage,
  type BuildSplits,
  type BuildWarning,
  type Channel,
  type Coverage,
} from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { readBuildCounts, type BuildCount } from '../builds/build-counts.ts'
import { historyRows, readBuildHistory, type BuildHistory } from '../builds/build-history.ts'
import { examineWebFolder } from '../builds/examine-web-folder.ts'
import { look, readBuildFile } from '../builds/read-build-file.ts'
import { bodyOf } from '../builds/send-build-file.ts'
import { activationHint, retired, waitUntilActive } from '../builds/wait-until-active.ts'
import { byAge, endOf, example, integer, span, spanOrNever, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { readTextFile } from '../command-line/input-file.ts'
import { CliError, usageError } from '../faults/cli-error.ts'
import { bytes, fields, table } from '../terminal/output.ts'
import { addBuildDiffCommand } from './build-diff.ts'
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

const buildsPath = (app: string) => `v1/apps/${encodeURIComponent(app)}/builds`

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
  if (typeof options.expires === 'number') query.set('expires_at', endOf(options.expires, context) as string)
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
  if (found.isDirectory()) await warnOfSameImage(context, added)
  if (added.state === 'pending' && options.wait !== undefined) {
    const path = `${buildsPath(added.app)}/${encodeURIComponent(added.id)}`
    added = await waitUntilActive(context, path, options.wait === true ? defaultWait : options.wait)
  }
  output.result(added, () => describe(added))
  if (added.state === 'pending') output.warn(`the build gets no tokens yet. ${activationHint(added)}`)
  if (added.state === 'retired') throw retired(added)
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

interface ShowOptions {
  app: string
  variant?: string
}

async function showBuild(
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

function describe(build: Build): string {
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

export function explain(warning: BuildWarning): string {
  switch (warning) {
    case 'debuggable':
      return 'the build is debuggable: anyone can attach a debugger to it'
    case 'built_for_simulator':
      return 'the build is for the simulator: no device and no store accepts it, and it has no hardware evidence'
    case 'test_only':
      return 'the build is marked testOnly: stores refuse it'
    case 'signed_with_debug_certificate':
      return 'the build is signed with a debug or public test certificate, whose key anyone may have'
    case 'signed_with_v1_only':
      return 'the build is signed with scheme v1 only, which does not cover the whole file'
    case 'no_sdk_segment':
      return 'no Assay SDK was found in the scripts of the build: it is measured without live code and probes'
    case 'sdk_manifest_incomplete':
      return 'not all functions of the Assay SDK were found, once each, or this service does not know its version: the build is measured without live code and probes'
    case 'new_signer_recorded':
      return 'the signing certificate was new for this app and has been recorded'
    case 'signer_unknown':
      return 'the file does not say who signs what the store delivers: list the certificates with the app'
    case 'signer_not_apple':
      return 'the IPA is not signed with a certificate of Apple for developers: nothing tells whose it is'
    case 'new_team_recorded':
      return 'the team that signed the IPA was new for this app and has been recorded'
    case 'files_not_sealed':
      return 'the signature of the IPA does not speak for every file in it, by SHA-256: it vouches for nothing'
    case 'code_missing':
      return 'another build of this version code has code that this one has not: it may be a part of the app'
    case 'sdk_missing':
      return 'builds of this app had the Assay SDK before, and this one has not'
    case 'code_compressed':
      return 'more than 16 MB of code are compressed, which phones inflate at each start: store it uncompressed (docs/guides/android.md)'
    case 'signing_certificate_new':
      return 'the IPA is signed with another certificate of the team than those before it'
    case 'modules_not_measured':
      return 'devices need not have some feature modules, which are not measured'
    case 'service_worker_not_measured':
      return 'service workers are not measured, because a page cannot tell which version of its worker answers it: the claim `serviceWorker` says so'
    case 'text_not_measured':
      return 'machine code is not measured: an executable is encrypted (register the IPA that Xcode exports), has two slices for 64-bit ARM, or there are too many sections'
  }
}
