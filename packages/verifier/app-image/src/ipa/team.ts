import { AppImageError } from '../errors/app-image-error.ts'
import type { SignedSlice } from '../mach-o/verify-executable.ts'
import type { ProvisioningProfile } from './provisioning-profile.ts'

/**
 * The slices of an app must be signed by one team, and by one for which its provisioning profile is, if both state a
 * team.
 *
 * @throws AppImageError `IPA_TEAM_MISMATCH`
 */
export function checkTeam(slices: readonly SignedSlice[], profile: ProvisioningProfile | undefined): void {
  const teams = new Set(slices.map(({ teamId }) => teamId))
  if (teams.size > 1) throw mismatch('slices of the executable are signed by different teams')
  const [team = null] = teams
  const provisioned = profile?.teams ?? []
  if (team === null || provisioned.length === 0 || provisioned.includes(team)) return
  throw mismatch('the executable is signed by another team than its provisioning profile is for')
}

function mismatch(message: string): AppImageError {
  return new AppImageError('IPA_TEAM_MISMATCH', message)
}
