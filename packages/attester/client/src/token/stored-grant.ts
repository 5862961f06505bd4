import type { IssuedToken } from '@assay/protocol'
import type { InstallationKey } from '../ports.ts'
import type { Grant, Reading } from './grant.ts'

/** A grant as {@link SharedState} keeps it. The key is not in it; it has its own store. */
interface StoredGrant {
  v: 1
  app: string
  build: string
  thumbprint: string
  tokens: IssuedToken[]
  refreshAfter: number
  trace: string
  /** Wall clock: a monotonic clock starts anew with each page. */
  takenAt: number
  offset: number
}

export function storeGrant(grant: Grant, app: string, build: string): StoredGrant {
  const { thumbprint, tokens, refreshAfter, trace, offset } = grant
  return {
    v: 1,
    app,
    build,
    thumbprint,
    tokens: [...tokens],
    refreshAfter,
    trace,
    takenAt: grant.takenAt.wall,
    offset,
  }
}

/**
 * The grant in `stored`, or `undefined` if there is none for this app, build, key and all of `audiences`, or if the
 * wall clock was set back to before it was taken: then its age is unknown.
 */
export function restoreGrant(
  stored: unknown,
  wanted: {
    app: string
    build: string
    audiences: readonly string[]
    key: InstallationKey
    thumbprint: string
  },
  now: Reading,
): Grant | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined
  const held = stored as Partial<StoredGrant>
  const { v, app, build, thumbprint, tokens, refreshAfter, trace, takenAt, offset } = held
  if (v !== 1 || app !== wanted.app || build !== wanted.build || thumbprint !== wanted.thumbprint)
    return undefined
  if (takenAt === undefined || !(takenAt <= now.wall) || !Array.isArray(tokens)) return undefined
  if (refreshAfter === undefined || trace === undefined || offset === undefined) return undefined
  const hasAll = wanted.audiences.every((audience) => tokens.some((token) => token.audience === audience))
  if (!hasAll) return undefined
  return {
    key: wanted.key,
    thumbprint,
    tokens,
    refreshAfter,
    trace,
    takenAt: { wall: takenAt, monotonic: now.monotonic - (now.wall - takenAt) },
    offset,
  }
}
