export { appActivity, buildActivity, evidenceKind, unregisteredBuilds } from './activity.ts'
export type {
  AppActivity,
  BuildActivity,
  EvidenceKind,
  RefusalCount,
  UnregisteredBuilds,
} from './activity.ts'
export { api, apiDefaults, apiInput, apiPatch } from './api.ts'
export type { Api, ApiInput, ApiPatch } from './api.ts'
export { apiKey, apiKeyInput, createdApiKey, listedApiKey, removedKey } from './api-key.ts'
export type { ApiKey, ApiKeyInput, CreatedApiKey, ListedApiKey, RemovedKey } from './api-key.ts'
export { app, appDefaults, appInput, appPatch } from './app.ts'
export type { App, AppInput, AppPatch } from './app.ts'
export { auditEntry, auditVerdict, listedAuditEntry } from './audit.ts'
export type { AuditEntry, AuditFault, AuditVerification, ListedAuditEntry } from './audit.ts'
export { allowEntry, allowInput, ban, banInput, listedAllowEntry } from './ban.ts'
export type { AllowEntry, AllowInput, Ban, BanInput, ListedAllowEntry } from './ban.ts'
export { bootKeysChange, bootKeySet, bootKeysInput, systemName } from './boot-keys.ts'
export type { BootKeysChange, BootKeySet, BootKeysInput } from './boot-keys.ts'
export { build, buildPatch, buildQuery, buildSummary, imageQuery } from './build.ts'
export type { Build, BuildPatch, BuildQuery, BuildSummary, BuildVariant } from './build.ts'
export { createdDevelopmentSecret, developmentSecret, developmentSecretInput } from './development-secret.ts'
export type {
  CreatedDevelopmentSecret,
  DevelopmentSecret,
  DevelopmentSecretInput,
} from './development-secret.ts'
export { health, jwks, openidConfiguration, serviceMetadata } from './discovery.ts'
export { dryRun } from './dry-run.ts'
export type { DryRunReport } from './dry-run.ts'
export {
  attestation,
  attestationRequest,
  challenge,
  challengeRequest,
  clientData,
  developmentTokenRequest,
} from './exchange.ts'
export {
  forgotten,
  installation,
  installationQuery,
  letThroughInput,
  listedInstallation,
} from './installation.ts'
export type {
  Forgotten,
  Installation,
  InstallationQuery,
  LetThroughInput,
  ListedInstallation,
} from './installation.ts'
export { policy, policyChanges } from './policy.ts'
export type { ListChanges, PolicyChanges, StoredPolicy } from './policy.ts'
export { problem } from './problem.ts'
export { signedProvenance } from './provenance.ts'
export { logLevels, rotation, serviceStatus } from './service-status.ts'
export type {
  CacheFill,
  LogLevel,
  ServiceSettings,
  ServiceStatus,
  StatusListSize,
  VendorList,
} from './service-status.ts'
export { installationStats, rollout, rolloutDoubts } from './installation-stats.ts'
export type { InstallationStats, Rollout } from './installation-stats.ts'
export { searchInput, searchResult } from './search.ts'
export type { SearchInput, SearchResult } from './search.ts'
export { outcomes, shadowOutcomes, stats } from './stats.ts'
export type { Stats } from './stats.ts'
export { listedTrace, shownTrace, trace, traceOutcomes } from './trace.ts'
export type { AttestationTrace, ListedTrace, SaidDevice, ShownTrace, VouchedDevice } from './trace.ts'
