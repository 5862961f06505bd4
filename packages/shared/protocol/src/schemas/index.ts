export {
  apiInput,
  apiPatch,
  apiKeyInput,
  appInput,
  appPatch,
  banInput,
  buildQuery,
  developmentSecretInput,
  signedProvenance,
} from './provisioning.ts'
export { attestationRequest, challengeRequest, clientData, developmentTokenRequest } from './public.ts'
