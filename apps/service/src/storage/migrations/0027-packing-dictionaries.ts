import type { SchemaStep } from './migration.ts'

/** The texts that remembered evidence is packed with: a release may change them, and reads what others packed. */
export const packingDictionaries: SchemaStep = {
  name: '0027-packing-dictionaries',
  async up({ schema }, { text, strict }) {
    await strict(
      schema
        .createTable('packing_dictionaries')
        .addColumn('name', text, (column) => column.primaryKey().notNull())
        .addColumn('words', text, (column) => column.notNull()),
    ).execute()
  },
}
