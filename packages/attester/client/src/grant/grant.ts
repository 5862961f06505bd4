import type { AttestationResponse, DeniedRemedy, IssuedToken } from '@assay/protocol'
import { readRemedy, type Remedy } from '../wire/remedy.ts'
import type { Clock, InstallationKey } from '../runtime/ports.ts'

/** Both clocks at one moment, in milliseconds: monotonic, wall. */
export type Reading = readonly [monotonic: number, wall: number]

/** The result of one exchange: the answer of the service, and what belongs to it. */
export interface Grant extends AttestationResponse {
  /** The key that the tokens name. */
  key: InstallationKey
  /** When the request was sent, so that transit time counts against the tokens. */
  sentAt: Reading
  /** Milliseconds to add to the wall clock to get the time of the service. */
  offset: number
}

/** Identifies a key within this client. */
export function nameOf(key: InstallationKey | undefined): string {
  return JSON.stringify(key?.publicJwk)
}

/** Milliseconds since the tokens were requested, by whichever clock shows more. */
function since({ sentAt }: Grant, clock: Clock): Reading {
  return [clock.monotonic() - sentAt[0], clock.wall() - sentAt[1]]
}

/**
 * Milliseconds left of a token's lifetime given in seconds. The monotonic clock decides, unless the wall clock is
 * ahead: many monotonic clocks stand still while the device sleeps, and a token that seems older than it is costs one
 * exchange, but one that seems younger costs a refused request.
 */
function left(grant: Grant, seconds: number, clock: Clock): number {
  return seconds * 1000 - Math.max(...since(grant, clock))
}

/**
 * Milliseconds for which `token` may still be sent. A twentieth of its lifetime, at most 5 s, is reserved for transit.
 */
export function remaining(grant: Grant, { expires_in }: IssuedToken, clock: Clock): number {
  return left(grant, expires_in - Math.min(5, expires_in / 20), clock)
}

/** Seconds until the first of the tokens expires, as the service counted them. */
export function shortestLife({ tokens }: Grant): number {
  return Math.min(...tokens.map(({ expires_in }) => expires_in))
}

/** Milliseconds until the next exchange is due: at half of the shortest lifetime, or earlier if the service says so. */
export function untilRefresh(grant: Grant, clock: Clock): number {
  const half = shortestLife(grant) / 2
  return left(grant, Math.min(half, grant.refresh_after || half), clock)
}

/**
 * Whether one of the clocks was set, or stood still, since the offset was learned: then it is unclear which of the two
 * is right, and the offset must be learned again.
 */
export function isClockInDoubt(grant: Grant, clock: Clock): boolean {
  const [monotonic, wall] = since(grant, clock)
  return Math.abs(monotonic - wall) > 30_000
}

/** What the user can do about an audience that the service left out. Nobody has checked the member yet. */
export function remedyOf({ remedies }: Grant, audience: string): Remedy | undefined {
  const found = [remedies].flat().find((one) => (Object(one) as DeniedRemedy).audience === audience)
  return readRemedy(found?.remedy)
}
