import { clientData } from '@assay/protocol/schemas'
import type { ClientDataForm } from '../attestation/model/ports.ts'

/** The form of client data, by its schema. */
export const clientDataForm: ClientDataForm = (value) => {
  const parsed = clientData.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
