import type { CheckedTracing } from '../../config/tracing.config.ts'
import { ServiceError } from '../../config/service-error.ts'
import type { Tracing } from './tracing.ts'

/**
 * Loads OpenTelemetry, which only services that use it have installed (ADR 27).
 *
 * @throws ServiceError `SERVICE_TRACING`: its packages are not installed
 */
export async function loadTracing(
  tracing: CheckedTracing,
  onFailure: (error: unknown) => void,
): Promise<Tracing> {
  const { createTracing } = await import('./tracing.ts').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new ServiceError('SERVICE_TRACING', 'the packages of OpenTelemetry are not installed', { cause })
  })
  return createTracing(tracing, onFailure)
}
