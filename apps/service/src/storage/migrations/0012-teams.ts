import type { SchemaStep } from './migration.ts'

/** Teams of Apple's that sign an app: an IPA of another is refused. */
export const teams: SchemaStep = {
  name: '0012-teams',
  async up({ schema }, { text }) {
    await schema
      .alterTable('apps')
      .addColumn('teams', text, (column) => column.notNull().defaultTo('[]'))
      .execute()
  },
}
