import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { placesOf, withPlaces, type PlaceOptions } from '../running/places.ts'
import { readSealingKey } from '../running/sealing-key-file.ts'
import { loadService, started, storageOf } from '../running/service-start.ts'
import { fields } from '../terminal/output.ts'

export function addMigrateStoreCommand(program: Command, action: Action): void {
  withPlaces(program.command('migrate-store'), 'the empty database to move to')
    .description(
      'move a stopped installation from its data folder to an empty PostgreSQL database: all rows, keys and code images',
    )
    .addHelpText(
      'after',
      example(
        'assay migrate-store --data ./assay-data --sealing-key-file ./assay-sealing.key --postgres postgres://db.internal/assay',
      ),
    )
    .action(action((context, _args, options: PlaceOptions) => move(context, options)))
}

async function move(context: Context, options: PlaceOptions): Promise<void> {
  const places = placesOf(context, options)
  if (places.postgres === undefined)
    throw usageError(
      'CLI_USAGE',
      'No database to move to is given',
      'Name it with ASSAY_POSTGRES or --postgres.',
    )
  const sealingKey = await readSealingKey(places)
  const { migrateStore } = await loadService()
  const moved = await started(places, () => migrateStore({ ...storageOf(places), sealingKey }))
  context.output.result({ data: places.data, ...moved }, () =>
    fields([
      ['rows', String(moved.rows)],
      ['code segments', `${moved.blobs} (${moved.bytes} bytes)`],
      ['old database', `${places.data}/assay.sqlite.migrated (remove it once the service runs)`],
    ]),
  )
  context.output.note('\nNext: start the service with the same sealing key and --postgres.')
}
