import { createHash } from 'node:crypto'
import { statusListLifetime, statusListMemory } from '@assay/protocol'
import type { Api } from '@assay/protocol/schemas'
import { issueStatusList, type SigningKey } from '@assay/tokens'
import type { Clock } from '../system/ports.ts'
import type { StatusStore } from './ports.ts'

/** Milliseconds for which a list is served as it is, unless something has changed. */
const shownFor = 5_000

/** A list as it is served. */
export interface SignedStatusList {
  /** A weak ETag over the content of the list, so that it is the same on every node. */
  etag: string
  /** Compact JWT. */
  jwt: string
}

interface StatusListDependencies {
  status: StatusStore
  /** The registered API; `undefined`: there is none under this audience. Anyone may ask, at any rate. */
  findApi: (audience: string) => Promise<Api | undefined>
  /** The name that tokens for an API have for the installation with this key. */
  pseudonymOf: (app: string, audience: string, thumbprint: string) => string
  /** The key to sign with now. */
  signingKey: () => SigningKey
  publicUrl: () => string
  clock: Clock
}

interface Kept {
  readAt: number
  list: Promise<SignedStatusList>
}

export type StatusListUseCases = ReturnType<typeof createStatusLists>

/**
 * The status lists of APIs. Anyone may ask, so asking often costs no more than asking once per {@link shownFor}: one
 * reading at a time, and one signature for each change.
 */
export function createStatusLists(dependencies: StatusListDependencies) {
  const { findApi, clock } = dependencies
  const kept = new Map<string, Kept>()

  const renewed = async (api: Api, previous: Promise<SignedStatusList> | undefined) => {
    const known = await previous?.catch(() => undefined)
    return drawUp(api, known, dependencies)
  }

  return {
    /** Registrations have changed: lists are made again. */
    changed: (): void => kept.clear(),
    /** `undefined`: no API is registered under this audience. */
    async find(audience: string): Promise<SignedStatusList | undefined> {
      const api = await findApi(audience)
      if (api === undefined) {
        kept.delete(audience)
        return undefined
      }
      const now = clock()
      const known = kept.get(audience)
      if (known !== undefined && Math.abs(now - known.readAt) < shownFor) return known.list
      const reading: Kept = { readAt: now, list: renewed(api, known?.list) }
      kept.set(audience, reading)
      reading.list.catch(() => {
        if (kept.get(audience) === reading) kept.delete(audience)
      })
      return reading.list
    },
  }
}

/** The list is signed again if its content or the key has changed, or if half of its lifetime may be over. */
async function drawUp(
  { audience, apps }: Api,
  last: SignedStatusList | undefined,
  { status, pseudonymOf, signingKey, publicUrl, clock }: StatusListDependencies,
): Promise<SignedStatusList> {
  const reach = statusListMemory * 1000
  const range = { since: clock() - reach, now: clock(), reach }
  const retired = await status.retiredSince(apps, range.since)
  const installations = await status.bannedSince(apps, range)
  const names = await status.namesBannedSince(apps, audience, range)
  const known = installations.map(({ app, thumbprint }) => pseudonymOf(app, audience, thumbprint))
  const banned = [...new Set([...known, ...names])].sort()
  const [key, issuer, now] = [signingKey(), publicUrl(), Math.floor(clock() / 1000)]
  const halfLife = Math.floor(now / (statusListLifetime / 2))
  const said = JSON.stringify([issuer, key.kid, halfLife, retired, banned])
  const etag = `W/"${createHash('sha256').update(said).digest('base64url')}"`
  if (last?.etag === etag) return last
  return { etag, jwt: issueStatusList({ key, issuer, audience, now, retired, banned }) }
}
