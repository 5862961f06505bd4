import { Option, type Command } from 'commander'
import { channels, restorableDays, type Channel } from '@assay/protocol'
import type { Build, Stats } from '@assay/protocol/schemas'
import { endOf, example, spanOrNever, type Action } from '../command-line/arguments.ts'
import { usageError } from '../faults/cli-error.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'

/** What becomes of a registered build: `build update`, `activate`, `retire`, `restore` and `remove`. */
export function addBuildStateCommands(build: Command, action: Action): void {
  build
    .command('activate')
    .description('activate a pending build, which a registration key added without provenance')
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .option('--variant <name>', 'activate this pending variant of the build')
    .addHelpText('after', example('assay build activate 2026-11-25 --app com.example.web'))
    .action(action((context, [id], options: ImageOptions) => activateBuild(context, id as string, options)))
  build
    .command('update')
    .description('change for whom a build is, and until when it gets tokens')
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .addOption(
      new Option(
        '--channel <channel>',
        'as when a store promotes it: tokens say so from the next one on',
      ).choices(channels),
    )
    .option('--end-first-days', 'refuse devices whose code differs from now on')
    .option('--expires <time>', 'when it ends by itself, from now, such as 90d, or never', spanOrNever)
    .addHelpText(
      'after',
      example(
        'assay build update 2.4.0+42 --app com.example.app --channel production',
        'assay build update 1.0+1 --app com.example.app --expires 90d',
      ),
    )
    .action(action((context, [id], options: UpdateOptions) => updateBuild(context, id as string, options)))
  withConfirmation(build.command('retire'))
    .description(`stop issuing tokens to a build; \`restore\` takes it back for ${restorableDays} days`)
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .option('--variant <name>', 'end only this variant, or `first`: the image that was registered first')
    .addHelpText(
      'after',
      example(
        'assay build retire 1.0+1 --app com.example.app',
        'assay build retire 1.0+1 --app com.example.app --variant play-protected',
      ),
    )
    .action(action((context, [id], options: RetireOptions) => retireBuild(context, id as string, options)))
  build
    .command('restore')
    .description(`take back that a build was retired, for ${restorableDays} days`)
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .addHelpText('after', example('assay build restore 1.0+1 --app com.example.app'))
    .action(
      action((context, [id], options: { app: string }) => restoreBuild(context, options.app, id as string)),
    )
  withConfirmation(build.command('remove'))
    .description('remove a build with which nobody has attested, and free its id')
    .argument('<id>', 'build id')
    .requiredOption('--app <id>', 'the app that it is a build of')
    .addHelpText('after', example('assay build remove 1.0+1 --app com.example.app'))
    .action(action((context, [id], options: RetireOptions) => removeBuild(context, id as string, options)))
}

async function removeBuild(context: Context, id: string, options: RetireOptions): Promise<void> {
  const { app } = options
  const path = buildPath(app, id)
  if (options.yes !== true) {
    const { state, created_at: at } = (await context.service.get(path)) as Build
    await confirm(
      context,
      options,
      `Remove ${id} of ${app}, which is ${state} since ${at}? Its id becomes free.`,
    )
  }
  await context.service.delete(path)
  context.output.result({ app, build: id }, () => `Removed ${id} of ${app}: its id is free.`)
}

interface ImageOptions {
  app: string
  variant?: string
}

async function activateBuild(context: Context, id: string, { app, variant }: ImageOptions): Promise<void> {
  const build = await changeState(context, app, id, 'activate', variant)
  const what = variant === undefined ? build.id : `${variant} of ${build.id}`
  context.output.result(build, () => `Activated ${what} of ${build.app}: it gets tokens from now on.`)
}

interface UpdateOptions {
  app: string
  channel?: Channel
  expires?: number | 'never'
  endFirstDays?: true
}

async function updateBuild(
  context: Context,
  id: string,
  { app, channel, expires, endFirstDays }: UpdateOptions,
): Promise<void> {
  const body = {
    channel,
    expires_at: expires === 'never' ? null : endOf(expires, context),
    ...(endFirstDays === true ? { difference_until: null } : {}),
  }
  if (Object.values(body).every((value) => value === undefined))
    throw usageError(
      'CLI_USAGE',
      'Nothing is to be changed',
      'Pass --channel, --expires or --end-first-days.',
    )
  const build = (await context.service.patch(buildPath(app, id), body)) as Build
  context.output.result(
    build,
    () => `${build.id} of ${build.app} is for ${build.channel}, and expires: ${build.expires_at ?? 'never'}.`,
  )
}

interface RetireOptions extends ConfirmOptions, ImageOptions {}

async function retireBuild(context: Context, id: string, options: RetireOptions): Promise<void> {
  const { output } = context
  const { app, variant } = options
  if (variant !== undefined) return endVariant(context, id, { ...options, variant })
  if (options.yes !== true) {
    const count = await attestationsOfLastHour(context, app, id)
    await confirm(
      context,
      options,
      `Retire ${id} of ${app}, which ${count} attestations named in the last hour? It gets no more tokens.`,
    )
  }
  const build = await changeState(context, app, id, 'retire')
  output.result(
    build,
    () =>
      `Retired ${build.id} of ${build.app}: it gets no more tokens; tokens already issued expire.\nFor ${restorableDays} days, \`assay build restore ${build.id} --app ${build.app}\` takes it back.`,
  )
}

async function endVariant(
  context: Context,
  id: string,
  options: RetireOptions & { variant: string },
): Promise<void> {
  const { app, variant } = options
  if (options.yes !== true)
    await confirm(context, options, `End ${variant} of ${id} of ${app}? Devices with it get no more tokens.`)
  const build = await changeState(context, app, id, 'retire', variant)
  context.output.result(build, () => `Ended ${variant} of ${build.id} of ${build.app}.`)
}

async function attestationsOfLastHour(
  { service, clock }: Context,
  app: string,
  build: string,
): Promise<number> {
  const since = new Date(clock() - 3_600_000).toISOString()
  const { groups } = (await service.get(
    `v1/stats?${new URLSearchParams({ since, by: 'build', app, build }).toString()}`,
  )) as Stats
  return groups.reduce((sum, { passed, refused, malfunctions }) => sum + passed + refused + malfunctions, 0)
}

async function restoreBuild(context: Context, app: string, id: string): Promise<void> {
  const build = await changeState(context, app, id, 'restore')
  context.output.result(build, () =>
    build.state === 'active'
      ? `Restored ${build.id} of ${build.app}: it gets tokens from now on.`
      : `${build.id} of ${build.app} is not retired, but ${build.state}.`,
  )
}

async function changeState(
  { service }: Context,
  app: string,
  id: string,
  what: 'activate' | 'retire' | 'restore',
  variant?: string,
): Promise<Build> {
  const query = variant === undefined ? '' : `?variant=${encodeURIComponent(variant)}`
  return (await service.post(`${buildPath(app, id)}/${what}${query}`, {})) as Build
}

function buildPath(app: string, id: string): string {
  return `v1/apps/${encodeURIComponent(app)}/builds/${encodeURIComponent(id)}`
}
