export { requireAttestation } from './require-attestation.ts'
export type { AttestationVariables } from './require-attestation.ts'
