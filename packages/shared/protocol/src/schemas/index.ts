export { apiInput, apiKeyInput, appInput, appPatch, buildQuery } from './provisioning.ts'
export { attestationRequest, challengeRequest, clientData } from './public.ts'
