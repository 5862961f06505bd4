export type { ProxiedRequest } from './request/proxied-request.ts'
export { meterScopes } from './meter/meter.ts'
export type {
  ExceededLimit,
  Meter,
  MeterAnswer,
  MeteredCall,
  MeterRefusal,
  MeterScope,
  Reservation,
} from './meter/meter.ts'
