export { requireAttestation } from './require-attestation.ts'
export type { AttestationVariables, HonoRollout, RolloutVariables } from './require-attestation.ts'
