import { ServiceError } from './service-error.ts'

/** Spans of attestations, by OpenTelemetry; without this there are none. */
export interface TracingConfig {
  /** The URL of an OTLP/HTTP receiver, without `/v1/traces`: http or https, without user and query. */
  endpoint: string
}

export interface CheckedTracing {
  /** Where spans are posted. */
  url: string
}

/** @throws ServiceError `SERVICE_TRACING` */
export function checkTracing(tracing: TracingConfig | undefined): CheckedTracing | undefined {
  if (tracing === undefined) return undefined
  const { endpoint } = tracing
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isPlain) throw new ServiceError('SERVICE_TRACING', 'the OTLP endpoint is not an http or https URL')
  return { url: `${endpoint.replace(/\/$/, '')}/v1/traces` }
}
