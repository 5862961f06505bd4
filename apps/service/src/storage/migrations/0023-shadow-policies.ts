import type { SchemaStep } from './migration.ts'

/** A policy in parallel to the current one. */
export const shadowPolicies: SchemaStep = {
  name: '0023-shadow-policies',
  async up({ schema }, { text }) {
    await schema.alterTable('apps').addColumn('shadow_policy', text).execute()
  },
}
