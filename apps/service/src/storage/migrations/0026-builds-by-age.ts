import type { SchemaStep } from './migration.ts'

/** Finds the newest builds of an app without reading all of them, each with its manifest. */
export const buildsByAge: SchemaStep = {
  name: '0026-builds-by-age',
  async up({ schema }) {
    await schema.createIndex('builds_by_age').on('builds').columns(['app', 'created_at']).execute()
  },
}
