export {
  apiInput,
  apiPatch,
  apiKeyInput,
  appInput,
  appPatch,
  allowInput,
  banInput,
  buildQuery,
  developmentSecretInput,
  signedProvenance,
} from './provisioning.ts'
export { attestationRequest, challengeRequest, clientData, developmentTokenRequest } from './public.ts'
