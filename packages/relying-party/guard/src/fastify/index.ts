export { attestation, requireAttestation } from './attestation.ts'
export type { AttestationPluginOptions } from './attestation.ts'
