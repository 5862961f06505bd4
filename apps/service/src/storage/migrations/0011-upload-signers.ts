import type { SchemaStep } from './migration.ts'

/** The certificate that signed an IPA before the store signed it again: a new one is worth a warning. */
export const uploadSigners: SchemaStep = {
  name: '0011-upload-signers',
  async up({ schema }, { text }) {
    await schema.alterTable('builds').addColumn('upload_signer', text).execute()
  },
}
