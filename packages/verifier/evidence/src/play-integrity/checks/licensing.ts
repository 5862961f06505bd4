import { PlayIntegrityError } from '../errors.ts'

/** The licensing verdict is allowed, where one is demanded. */
export function checkLicensing(
  { appLicensingVerdict }: { readonly appLicensingVerdict?: string | undefined },
  allowed: readonly string[] | null,
): void {
  if (allowed?.some((verdict) => verdict === appLicensingVerdict) === false)
    throw new PlayIntegrityError('PLAY_INTEGRITY_LICENSING')
}
