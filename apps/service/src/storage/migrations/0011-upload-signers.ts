import type { SchemaStep } from './migration.ts'

/** With which certificate an IPA was signed before the store signed it anew: one that is new is worth a warning. */
export const uploadSigners: SchemaStep = {
  name: '0011-upload-signers',
  async up({ schema }, { text }) {
    await schema.alterTable('builds').addColumn('upload_signer', text).execute()
  },
}
