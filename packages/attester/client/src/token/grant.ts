import type { IssuedToken } from '@assay/protocol'
import type { Clock, InstallationKey } from '../ports.ts'

/** Both clocks at one moment, in milliseconds. */
export interface Reading {
  monotonic: number
  wall: number
}

/** What one exchange gave. */
export interface Grant {
  /** The key that the tokens name. */
  key: InstallationKey
  /** Its JWK thumbprint. */
  thumbprint: string
  tokens: readonly IssuedToken[]
  /** Seconds after which to attest again, as the service says. */
  refreshAfter: number
  trace: string
  /** When the request was sent, so that the time on the way counts against the tokens. */
  takenAt: Reading
  /** Milliseconds to add to the wall clock to have the time at the service. */
  offset: number
}

export function readClocks(clock: Clock): Reading {
  return { monotonic: clock.monotonic(), wall: clock.wall() }
}

/**
 * Milliseconds since the tokens were asked for. The monotonic clock decides, and the wall clock where it is ahead:
 * many monotonic clocks stand still while the device sleeps, and a token that seems older than it is costs one
 * exchange, one that seems younger a refused request.
 */
function age(grant: Grant, now: Reading): number {
  return Math.max(now.monotonic - grant.takenAt.monotonic, now.wall - grant.takenAt.wall)
}

/** Milliseconds for which `token` may still be sent. A twentieth of its life, at most 5 s, is left for the way. */
export function remaining(grant: Grant, token: IssuedToken, now: Reading): number {
  const life = token.expires_in * 1000
  return life - Math.min(5000, life / 20) - age(grant, now)
}

/** Milliseconds until it is time for an exchange: at half of the shortest life, or earlier if the service says so. */
export function untilRefresh(grant: Grant, now: Reading): number {
  const half = Math.min(...grant.tokens.map((token) => token.expires_in)) * 500
  const asked = grant.refreshAfter * 1000
  return (asked > 0 ? Math.min(half, asked) : half) - age(grant, now)
}

/**
 * Whether one of the clocks was set, or stood still, since the offset was learned: then nobody can tell which of the
 * two is right, and the offset has to be learned anew.
 */
export function isClockInDoubt(grant: Grant, now: Reading): boolean {
  const byWall = now.wall - grant.takenAt.wall
  const byMonotonic = now.monotonic - grant.takenAt.monotonic
  return Math.abs(byWall - byMonotonic) > 30_000
}
