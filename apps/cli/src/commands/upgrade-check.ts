import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { checkGivenPlaces, placesOf, withPlaces, type PlaceOptions } from '../running/places.ts'
import { loadService, started, storageOf } from '../running/service-start.ts'

export function addUpgradeCheckCommand(program: Command, action: Action): void {
  withPlaces(program.command('upgrade-check'), 'the database of the service')
    .description('show what `assay serve` of this version would change in a store; changes nothing')
    .addHelpText(
      'after',
      `${example('assay upgrade-check --data ./assay-data')}\n\nThe service of the older version may go on meanwhile.`,
    )
    .action(action((context, _args, options: PlaceOptions) => check(context, options)))
}

async function check(context: Context, options: PlaceOptions): Promise<void> {
  await checkGivenPlaces(options)
  const places = placesOf(context, options)
  const { checkUpgrade } = await loadService()
  const found = await started(places, () => checkUpgrade(storageOf(places)))
  const { version, steps } = found
  context.output.result(found, () =>
    steps.length === 0
      ? `Version ${version} finds the schema as it is: an older version of the same schema can start again.`
      : [
          `Version ${version} would upgrade the schema in ${steps.length} steps, after which no older version starts:`,
          ...steps.map((step) => `  ${step}`),
          'Back up first: `assay backup FOLDER`, or `pg_dump`. docs/guides/upgrade.md has the whole order.',
        ].join('\n'),
  )
}
