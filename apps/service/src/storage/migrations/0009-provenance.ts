import type { SchemaStep } from './migration.ts'

/** Public keys of pipelines, whose provenance vouches for builds that nobody else vouches for. */
export const provenance: SchemaStep = {
  name: '0009-provenance',
  async up({ schema }, { text }) {
    await schema.alterTable('api_keys').addColumn('public_key', text).execute()
  },
}
