import { CliError, cliError } from '../faults/cli-error.ts'
import { permissionsAt } from '../faults/file-fault.ts'
import type { Places } from './places.ts'

/** Loaded only by commands that run a service: it is large. */
export const loadService = () => import('@assay/service')

export function storageOf(places: Places) {
  return { dataFolder: places.data, ...(places.postgres === undefined ? {} : { postgres: places.postgres }) }
}

/** A service that cannot start reports why by its own code, for the operator to fix. */
export async function started<T>(places: Places, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown }
    if (typeof code !== 'string' || cause instanceof CliError) throw cause
    const { adviceFor } = await import('../faults/explanations.ts')
    const permissions = isForbidden(cause) ? permissionsAt(places.data) : undefined
    const reported = permissions === undefined ? code : `${code}; ${permissions}`
    throw cliError('CLI_SERVICE_START', `The service cannot start: ${String(message)} (${reported})`, {
      hint: adviceFor(code),
      cause,
    })
  }
}

/** Whether the embedded store reports that this process may not write to the data folder. */
function isForbidden(error: unknown): boolean {
  const { code } = ((error as { cause?: unknown }).cause ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^(EACCES|EPERM|SQLITE_(CANTOPEN|PERM|READONLY))/.test(code)
}

/** The service's own code, if that is why it did not start. */
export function startCodeOf(error: unknown): string | undefined {
  const { cause } = error as { cause?: unknown }
  const { code } = (cause ?? {}) as { code?: unknown }
  return error instanceof CliError && error.code === 'CLI_SERVICE_START' ? String(code) : undefined
}
