import type { SchemaStep } from './migration.ts'

/** What the SDK in a build can be asked, and which probes the operator has switched on. */
export const liveCodeAndProbes: SchemaStep = {
  name: '0003-live-code-and-probes',
  async up({ schema }, { text }) {
    await schema.alterTable('builds').addColumn('sdk', text).execute()
    await schema.alterTable('builds').addColumn('sdk_manifest', text).execute()
    await schema
      .alterTable('apps')
      .addColumn('probes', text, (column) =>
        column.notNull().defaultTo('["js.automation","js.crypto","js.debugger","js.replaced"]'),
      )
      .execute()
  },
}
