import type { SchemaStep } from './migration.ts'

/** When a build was retired: guards learn of it for a while. */
export const statusList: SchemaStep = {
  name: '0006-status-list',
  async up({ schema }, { integer }) {
    await schema.alterTable('builds').addColumn('retired_at', integer).execute()
    await schema.createIndex('builds_by_retirement').on('builds').column('retired_at').execute()
    await schema.createIndex('anchor_bans_by_time').on('anchor_bans').column('created_at').execute()
  },
}
