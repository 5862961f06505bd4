export { readConfig, checkForm } from './config/read-config.ts'
export { checkConfig } from './config/proxy-config.ts'
export type { ProxyConfig } from './config/proxy-config.ts'
export type { ConfigForm, RouteForm } from './config/form.ts'
export { ProxyConfigError } from './faults/config-error.ts'
export type { ProxyConfigCode, ProxyMalfunctionCode, ProxyRefusalCode } from './faults/codes.ts'
export { Secrets } from './secrets/secrets.ts'
export type { Secret, SecretEvent, SecretFiles, SecretParts, SecretSource } from './secrets/secrets.ts'
export { secretFiles } from './secrets/secret-files.ts'
export { createStrip } from './answer/strip.ts'
export { createProxy } from './server/create-proxy.ts'
export type { Proxy, ProxyOptions } from './server/create-proxy.ts'
export type { Exchange } from './server/proxy-parts.ts'
export { meterScopes } from './meter/meter.ts'
export type {
  CostlyRequest,
  ExceededLimit,
  Meter,
  MeterAnswer,
  MeterMalfunction,
  MeteredCall,
  MeterProblem,
  MeterRefusal,
  MeterScope,
  OpenAnswer,
  OpenedCall,
  Opening,
  Reservation,
  UnboundedCaller,
} from './meter/meter.ts'
export { createValkeyMeter } from './meter/valkey-meter.ts'
export type { ValkeyMeter, ValkeyMeterSettings } from './meter/valkey-meter.ts'
export { readValkeyUsage } from './meter/valkey-usage.ts'
export type { ValkeyUsageSettings } from './meter/valkey-usage.ts'
export type { AccountCount, BudgetUse, InstallationUse, MeterUse, UsageSource } from './meter/usage.ts'
export { MeterJournal } from './meter/journal/journal.ts'
export { createMemoryMeter } from './meter/memory-meter.ts'
export type { MemoryMeterSettings } from './meter/memory-meter.ts'
