import { schemaSteps } from '../../../src/storage/migrations/registry.ts'
import type { SchemaStep } from '../../../src/storage/migrations/step/migration.ts'

/** A step as a later version might have it: a table, and a column of `apps` that is filled from what is there. */
export const madeUpStep: SchemaStep = {
  name: '0002-made-up',
  async up({ schema }, { text }) {
    await schema.createTable('made_up').addColumn('id', text).execute()
    await schema
      .alterTable('apps')
      .addColumn('made_up', text, (column) => column.notNull().defaultTo('made up'))
      .execute()
  },
}

/** Makes this version the one with {@link madeUpStep}. Returns a function that takes it back. */
export function addMadeUpStep(): () => void {
  const steps = schemaSteps as SchemaStep[]
  steps.push(madeUpStep)
  return () => {
    steps.splice(steps.indexOf(madeUpStep), 1)
  }
}
