import type { SchemaStep } from './migration.ts'

/** A policy beside the one that counts. */
export const shadowPolicies: SchemaStep = {
  name: '0023-shadow-policies',
  async up({ schema }, { text }) {
    await schema.alterTable('apps').addColumn('shadow_policy', text).execute()
  },
}
