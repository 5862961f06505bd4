import type { SchemaStep } from './migration.ts'

/** API keys expire, and record when they were last used. */
export const keyScopes: SchemaStep = {
  name: '0015-key-scopes',
  async up({ schema }, { integer }) {
    for (const column of ['expires_at', 'last_used_at'])
      await schema.alterTable('api_keys').addColumn(column, integer).execute()
  },
}
