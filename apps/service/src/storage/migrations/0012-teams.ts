import type { SchemaStep } from './migration.ts'

/** The Apple teams that sign an app: an IPA of another team is refused. */
export const teams: SchemaStep = {
  name: '0012-teams',
  async up({ schema }, { text }) {
    await schema
      .alterTable('apps')
      .addColumn('teams', text, (column) => column.notNull().defaultTo('[]'))
      .execute()
  },
}
