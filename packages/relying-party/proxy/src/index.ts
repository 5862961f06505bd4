export { readConfig, checkForm } from './config/read-config.ts'
export { checkConfig } from './config/proxy-config.ts'
export type { ProxyConfig } from './config/proxy-config.ts'
export type { ConfigForm, RouteForm } from './config/form.ts'
export { ProxyConfigError } from './faults/config-error.ts'
export type { ProxyConfigCode, ProxyMalfunctionCode, ProxyRefusalCode } from './faults/codes.ts'
export { Secrets } from './secrets/secrets.ts'
export type { Secret, SecretEvent, SecretFiles, SecretParts, SecretSource } from './secrets/secrets.ts'
export { secretFiles } from './secrets/secret-files.ts'
export { createProxy } from './server/create-proxy.ts'
export type { Proxy, ProxyOptions } from './server/create-proxy.ts'
export type { Exchange } from './server/proxy-parts.ts'
export { meterScopes } from './meter/meter.ts'
export type {
  ExceededLimit,
  Meter,
  MeterAnswer,
  MeterMalfunction,
  MeteredCall,
  MeterProblem,
  MeterRefusal,
  MeterScope,
  Reservation,
  UnboundedCaller,
} from './meter/meter.ts'
export { createValkeyMeter, readValkeyUsage } from './meter/valkey-meter.ts'
export type { ValkeyMeter, ValkeyMeterSettings, ValkeyUsageSettings } from './meter/valkey-meter.ts'
export type { InstallationUse, UsageSource } from './meter/usage.ts'
export { createMemoryMeter } from './meter/memory-meter.ts'
export type { MemoryMeterSettings } from './meter/memory-meter.ts'
