import type { SchemaStep } from './migration.ts'

/**
 * Builds that reach devices in splits: their modules and ABIs. An installation keeps the ABI that it enrolled with.
 * Updates over the air name the build whose scripts they replace.
 */
export const splits: SchemaStep = {
  name: '0005-splits',
  async up({ schema }, { text }) {
    await schema.alterTable('builds').addColumn('splits', text).execute()
    await schema.alterTable('builds').addColumn('base', text).execute()
    await schema.alterTable('installations').addColumn('abi', text).execute()
  },
}
