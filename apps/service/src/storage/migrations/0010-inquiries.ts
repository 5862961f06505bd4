import type { SchemaStep } from './migration.ts'

/**
 * When a vendor is asked about the receipt of an installation. Earlier receipts were not verified, so nobody asks
 * about them.
 */
export const inquiries: SchemaStep = {
  name: '0010-inquiries',
  async up({ schema }, { integer }) {
    await schema.alterTable('installations').addColumn('ask_at', integer).execute()
    await schema.createIndex('installations_to_ask').on('installations').column('ask_at').execute()
  },
}
