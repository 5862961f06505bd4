import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { checkGivenPlaces, notEmpty, placesOf, withPlaces, type PlaceOptions } from '../running/places.ts'
import { loadService, started, storageOf } from '../running/service-start.ts'

interface UpgradeOptions extends PlaceOptions {
  grant?: string
}

export function addUpgradeCommand(program: Command, action: Action): void {
  withPlaces(program.command('upgrade'), 'the database of the service, as the owner of its tables')
    .description(
      'bring the schema of a store up to date without serving, as the owner of a PostgreSQL database',
    )
    .option(
      '--grant <role>',
      'the PostgreSQL role of the service: it may read and write rows, but change neither the schema nor the audit log',
    )
    .addHelpText(
      'after',
      `${example('assay upgrade --postgres postgres://assay_owner@db.internal/assay --grant assay')}\n\nAn empty database gets the whole schema. \`assay serve\` does the same by itself where its role may.`,
    )
    .action(action((context, _args, options: UpgradeOptions) => upgradeStore(context, options)))
}

async function upgradeStore(context: Context, options: UpgradeOptions): Promise<void> {
  await checkGivenPlaces(options)
  notEmpty('--grant', options.grant)
  const places = placesOf(context, options)
  if (options.grant !== undefined && places.postgres === undefined)
    throw usageError(
      'CLI_USAGE',
      'The data folder has no roles to grant anything to',
      'Name the database with ASSAY_POSTGRES or --postgres, or omit --grant.',
    )
  const { upgrade } = await loadService()
  const done = await started(places, () => upgrade({ ...storageOf(places), grantTo: options.grant }))
  const { version, steps } = done
  const granted = options.grant === undefined ? {} : { granted: options.grant }
  context.output.result({ ...done, ...granted }, () =>
    [
      steps.length === 0
        ? `The schema is that of version ${version} already.`
        : `The schema is that of version ${version} now: no older version starts. It took these steps:`,
      ...steps.map((step) => `  ${step}`),
      ...(options.grant === undefined
        ? []
        : [`${options.grant} may read and write rows, but change neither the schema nor the audit log.`]),
    ].join('\n'),
  )
}
