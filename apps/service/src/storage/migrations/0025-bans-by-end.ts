import type { SchemaStep } from './migration.ts'

/** Finds bans that have ended without reading those that go on. */
export const bansByEnd: SchemaStep = {
  name: '0025-bans-by-end',
  async up({ schema }) {
    await schema
      .createIndex('anchor_bans_by_end')
      .on('anchor_bans')
      .column('expires_at')
      .where('expires_at', 'is not', null)
      .execute()
  },
}
