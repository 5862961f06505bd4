export {
  apiInput,
  apiKeyInput,
  appInput,
  appPatch,
  buildQuery,
  playIntegrityKeysInput,
} from './provisioning.ts'
export { attestationRequest, challengeRequest, clientData } from './public.ts'
