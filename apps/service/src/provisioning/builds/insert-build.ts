import type { Build } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildAuthority, BuildInsertOptions, BuildStore } from '../model/ports.ts'
import { differencesOf, invalid } from './build-identity.ts'

/** `created` is false if the same build is already registered under its id. */
export interface AddedBuild {
  build: Build
  created: boolean
}

/** Builds of one API key that are pending at a time: whoever has it must not fill the store, nor an admin's list. */
export const mostPending = 100

/**
 * Whether a build that somebody vouches for takes the place of another, for which nobody has, under its id. Whoever
 * vouches also says until when: it must not become active with what the other's sender left out.
 */
function replaces(build: Build, registered: Build): boolean {
  const isSame =
    differencesOf(build, registered).length === 0 &&
    build.expires_at === registered.expires_at &&
    build.difference_until === registered.difference_until
  return registered.state === 'pending' && build.state !== 'pending' && !isSame
}

export type InsertBuild = (build: Build, options: BuildInsertOptions) => Promise<AddedBuild>

/** Registers a build whose blobs are committed, or finds it registered. @throws ProblemError */
export function createInsertBuild(builds: Pick<BuildStore, 'insert' | 'activate' | 'find'>): InsertBuild {
  /** Somebody now vouches for a build for which nobody vouched when it came. */
  const activated = async (build: Build, registered: Build): Promise<Build> => {
    if (build.state !== 'active' || registered.state !== 'pending') return registered
    await builds.activate(build.app, build.id)
    return found(await builds.find(build.app, build.id))
  }

  return async (build, options) => {
    const inserted = await builds.insert(build, { ...options, mostPending })
    if (typeof inserted === 'object') {
      const differing = differencesOf(build, inserted.exists)
      if (differing.length > 0)
        throw new ProblemError('build_exists', { reason: `it differs in ${differing.join(', ')}` })
      return { build: await activated(build, inserted.exists), created: false }
    }
    switch (inserted) {
      case 'ok':
        return { build, created: true }
      case 'app_not_found':
      case 'signer_not_registered':
      case 'signer_new':
      case 'team_not_registered':
      case 'team_new':
      case 'builds_pending_full':
        throw new ProblemError(inserted)
      case 'key_revoked':
        throw new ProblemError('unauthorized')
      case 'base_not_active':
        throw invalid('/base', 'invalid_value')
    }
  }
}

/** Finds the build registered, or says how to register it once its bytes are kept. */
export async function settleBuild(
  build: Build,
  options: BuildInsertOptions & { authority: BuildAuthority },
  { builds, insert }: { builds: Pick<BuildStore, 'find'>; insert: InsertBuild },
): Promise<AddedBuild | (() => Promise<AddedBuild>)> {
  const registered = await builds.find(build.app, build.id)
  const replacesPending = registered !== undefined && replaces(build, registered)
  if (registered !== undefined && !replacesPending) return insert(build, { authority: options.authority })
  return () => insert(build, { ...options, replacesPending })
}

/** @throws ProblemError `build_not_found` */
export function found(build: Build | undefined): Build {
  if (build === undefined) throw new ProblemError('build_not_found')
  return build
}
