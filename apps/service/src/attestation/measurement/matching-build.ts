import { EvidenceError } from '@assay/evidence'
import { digestImage, expectedTags, planSeed, type CodeImage } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url } from '@assay/protocol'
import type { Build, BuildSummary } from '@assay/protocol/schemas'
import type { MeasuredBuilds } from './measurements.ts'
import { openRegisteredImage, type SegmentStore } from './registered-image.ts'
import type { Measured } from './verify-measurement.ts'

export interface ComparedBuilds extends Pick<MeasuredBuilds, 'find'> {
  /** The newest first, without segments, and without those that are registered by ABI. */
  listNewest(app: string, limit: number): Promise<BuildSummary[]>
}

interface MatchingBuildDependencies {
  builds: ComparedBuilds
  segments: SegmentStore
}

/** Builds that one denial is compared with: the newest ones. */
const mostBuilds = 8
/** Differing segments whose bytes are searched for. */
const mostSegments = 20
/** Bytes that are read for one denial. */
const mostBytes = 8 << 20

/** What was thrown for a measurement, with the name of the build that its bytes come from, if there is one. */
export type FindMatchingBuild = (error: unknown, measured: Measured) => Promise<unknown>

/**
 * Searches other builds of the app for the segments that differ: after a deploy, older pages find the new files. The
 * build that has them all is named first among the segments, as `build:` and its id. One denial is examined at a time,
 * and a fault here leaves the denial as it is: the search explains, but decides nothing.
 */
export function createFindMatchingBuild({ builds, segments }: MatchingBuildDependencies): FindMatchingBuild {
  let isBusy = false

  const buildLike = async (measured: Measured): Promise<string | undefined> => {
    const { app, planned } = measured
    const foreign = foreignTags(measured)
    if (foreign.size === 0 || foreign.size > mostSegments) return undefined
    const newest = await builds.listNewest(app.id, mostBuilds + 1)
    const others = newest.filter(({ id }) => id !== planned.registered.build.id).slice(0, mostBuilds)
    let left = mostBytes
    for (const { id } of others) {
      const build = await builds.find(app.id, id)
      const wanted = build?.segments.filter(({ name }) => foreign.has(name)) ?? []
      left -= wanted.reduce((sum, { length }) => sum + length, 0)
      if (left < 0) return undefined
      if (build === undefined || wanted.length < foreign.size) continue
      const tags = await tagsOf({ ...build, segments: wanted }, measured)
      if (tags.every(({ name, tag }) => foreign.get(name) === encodeBase64url(tag))) return id
    }
    return undefined
  }

  const tagsOf = async (build: Build, { planned, challenge }: Measured) => {
    const image: CodeImage = openRegisteredImage(build, undefined, segments).unhurried
    return expectedTags(
      await digestImage(image, 'image', planSeed(planned.plan), nodeCrypto),
      challenge,
      nodeCrypto,
    )
  }

  return async (error, measured) => {
    if (!(error instanceof EvidenceError) || !('segments' in error) || isBusy) return error
    isBusy = true
    try {
      const id = await buildLike(measured)
      if (id !== undefined) error.segments = [`build:${id}`, ...(error.segments as readonly string[])]
    } catch {
      // The denial stands.
    } finally {
      isBusy = false
    }
    return error
  }
}

/** Tags of segments that are not those of the registered build, by name. */
function foreignTags({ read, challenge, digests }: Measured): ReadonlyMap<string, string> {
  const foreign = new Map(Object.entries(read.clientData.measurement.tags))
  for (const { name, tag } of expectedTags(digests.image, challenge, nodeCrypto))
    if (foreign.get(name) === encodeBase64url(tag)) foreign.delete(name)
  for (const name of foreign.keys()) if (name.startsWith('live:')) foreign.delete(name)
  return foreign
}
