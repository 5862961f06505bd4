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
export { api } from './api.ts'
export { apiKey, createdApiKey, listedApiKey } from './api-key.ts'
export { app } from './app.ts'
export { auditEntry, auditVerdict } from './audit.ts'
export { allowEntry, ban } from './ban.ts'
export { build, buildSummary } from './build.ts'
export { createdDevelopmentSecret, developmentSecret } from './development-secret.ts'
export { health, jwks, openidConfiguration, serviceMetadata } from './discovery.ts'
export { dryRun } from './dry-run.ts'
export { attestation, challenge } from './exchange.ts'
export { policy, policyChanges } from './policy.ts'
export { problem } from './problem.ts'
export {
  appActivity,
  buildActivity,
  evidenceKind,
  logLevels,
  rotation,
  serviceStatus,
} from './service-status.ts'
export { outcomes, shadowOutcomes, stats } from './stats.ts'
export { listedTrace, trace, traceOutcomes } from './trace.ts'
