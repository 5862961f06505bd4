export { requireAttestation } from './require-attestation.ts'
