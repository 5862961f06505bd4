import type { SchemeSettings } from '@assay/evidence'
import type { ZodType } from 'zod'
import type { Operation } from './operations/operation.ts'
import { attestationOperations } from './operations/attestation.ts'
import { discoveryOperations } from './operations/discovery.ts'
import { operatingOperations } from './operations/operating.ts'
import { provisioningOperations } from './operations/provisioning.ts'

/** By method and route. */
export function operationsFor(
  itemSchema: ZodType,
  attestationRequest: ZodType,
  settings: readonly SchemeSettings[],
): Readonly<Record<string, Operation>> {
  return {
    ...attestationOperations(itemSchema, attestationRequest),
    ...discoveryOperations,
    ...provisioningOperations(settings),
    ...operatingOperations,
  }
}
