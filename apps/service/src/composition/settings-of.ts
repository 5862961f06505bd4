import type { ServiceSettings } from '../operations/doctor.usecases.ts'
import type { CheckedConfig } from '../config/service.config.ts'

/** What an operator is shown of the configuration: nothing secret, and no address of a database. */
export function settingsOf(
  { host, epochLength, logLevel, trustedProxies, vendors }: CheckedConfig,
  store: ServiceSettings['store'],
): Omit<ServiceSettings, 'public_url'> {
  return {
    host,
    store,
    epoch_length: epochLength,
    log_level: logLevel,
    trusted_proxies: [...trustedProxies],
    test_vendors: vendors.isTest,
    google_credentials: vendors.googleCredentials !== undefined,
  }
}
