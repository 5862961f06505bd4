/**
 * Why the service does not start, besides the codes of storage.
 *
 * - `SERVICE_DATA_FOLDER`, `SERVICE_POSTGRES`, `SERVICE_SEALING_KEY`, `SERVICE_LISTEN`, `SERVICE_PUBLIC_URL`,
 *   `SERVICE_LOG`, `SERVICE_LIMITS`, `SERVICE_EPOCH`, `SERVICE_VENDORS`: this part of the configuration is missing, empty or out of bounds.
 * - `SERVICE_GOOGLE_CREDENTIALS`: the file of the Google service account cannot be read, or is not its key.
 * - `SERVICE_TEST_VENDORS`: test vendors are not in order, or others than this machine can reach the service.
 * - `SERVICE_ADMIN_KEY`: the first admin key that is given has not the form of one.
 * - `SERVICE_NO_ADMIN_KEY`: nobody could administer it: there is no admin key, and none is given.
 * - `SERVICE_ADDRESS`: the address cannot be listened on.
 */
export const serviceErrorCodes = [
  'SERVICE_DATA_FOLDER',
  'SERVICE_POSTGRES',
  'SERVICE_SEALING_KEY',
  'SERVICE_LISTEN',
  'SERVICE_PUBLIC_URL',
  'SERVICE_LOG',
  'SERVICE_LIMITS',
  'SERVICE_EPOCH',
  'SERVICE_VENDORS',
  'SERVICE_GOOGLE_CREDENTIALS',
  'SERVICE_TEST_VENDORS',
  'SERVICE_ADMIN_KEY',
  'SERVICE_NO_ADMIN_KEY',
  'SERVICE_ADDRESS',
] as const
export type ServiceErrorCode = (typeof serviceErrorCodes)[number]

/** The service refuses to start. `docs/errors.md` says what to do about each code. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
