import {
  digestImage,
  drawUpPlan,
  epochOf,
  epochSeed,
  parsePlan,
  planSeed,
  type ImageDigest,
  type Plan,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url } from '@assay/protocol'
import type { BuildRepository, BuildSummary } from '../builds/builds.repository.ts'
import type { Clock } from '../ports.ts'
import type { BlobStore } from '../storage/index.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { openRegisteredImage, type RegisteredImage } from './registered-image.ts'

/** What the service asks of a build besides reading its code. */
export interface Asked {
  probes: readonly string[]
}

/** A build in an epoch: what it is asked, and over which image. */
export interface PlannedBuild {
  readonly registered: RegisteredImage
  readonly epoch: number
  readonly plan: Plan
  readonly planBytes: Uint8Array
  /** Base64url of `planBytes`. */
  readonly planText: string
}

interface MeasurementDependencies {
  builds: Pick<BuildRepository, 'find' | 'listActive'>
  blobs: BlobStore
  /** Secret, 32 bytes: nobody without it can tell a plan of a later epoch. */
  epochKey: Uint8Array
  /** Seconds. */
  epochLength: number
  asked: Asked
  clock: Clock
}

interface Entry {
  epoch: number
  planned: Promise<PlannedBuild>
  /** Started when first needed. */
  digest?: Promise<ImageDigest>
}

type BuildKey = Pick<BuildSummary, 'app' | 'id' | 'image_digest'>

const openImages = 256
/** Builds that no attestation has named for so long are digested when one comes, not ahead. Milliseconds. */
const forgottenAfter = 7 * 24 * 60 * 60 * 1000

export type Measurements = ReturnType<typeof createMeasurements>

/**
 * Plans and whole-code digests, each made once per build and epoch. Digests are made ahead of requests and in small
 * pieces; whoever needs one that is still under way waits for it, and nobody starts a second.
 */
export function createMeasurements(dependencies: MeasurementDependencies) {
  const { builds, epochLength, clock } = dependencies
  const entries = new Map<string, Entry>()
  const images = createBoundedCache<Promise<RegisteredImage>>(openImages)

  const currentEpoch = () => epochOf(Math.floor(clock() / 1000), epochLength)

  const entryOf = (build: BuildKey, epoch: number): Entry => {
    const key = `${imageKey(build)}/${epoch}`
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = { epoch, planned: plan(dependencies, openImage(build), build, epoch) }
    entries.set(key, entry)
    entry.planned.catch(() => entries.delete(key))
    return entry
  }

  const openImage = (build: BuildKey): Promise<RegisteredImage> => {
    const key = imageKey(build)
    const known = images.get(key)
    if (known !== undefined) return known
    const opening = readImage(dependencies, build)
    images.set(key, opening)
    opening.catch(() => images.delete(key))
    return opening
  }

  const digest = (build: BuildKey, epoch: number): Promise<ImageDigest> => {
    const entry = entryOf(build, epoch)
    if (entry.digest !== undefined) return entry.digest
    const digesting = entry.planned.then(({ registered, plan }) =>
      digestImage(registered.unhurried, plan.coverage, planSeed(plan), nodeCrypto),
    )
    entry.digest = digesting
    digesting.catch(() => delete entry.digest)
    return digesting
  }

  return {
    currentEpoch,
    planned: (build: BuildKey, epoch: number): Promise<PlannedBuild> => entryOf(build, epoch).planned,
    digest,
    /**
     * Digests what is active for the current epoch and, within `lead` seconds of its end, for the next one; forgets
     * the epochs before the previous one.
     */
    async prepare(lead: number): Promise<void> {
      const current = currentEpoch()
      for (const [key, { epoch }] of entries) if (epoch < current - 1) entries.delete(key)
      const left = (current + 1) * epochLength - clock() / 1000
      const active = await builds.listActive({ seenSince: new Date(clock() - forgottenAfter) })
      for (const epoch of left <= lead ? [current, current + 1] : [current]) {
        for (const build of active) await digest(build, epoch)
      }
    },
  }
}

function imageKey({ app, id, image_digest }: BuildKey): string {
  return `${app}/${id}/${image_digest}`
}

async function readImage(
  { builds, blobs }: MeasurementDependencies,
  key: BuildKey,
): Promise<RegisteredImage> {
  const build = await builds.find(key.app, key.id)
  if (build === undefined || build.image_digest !== key.image_digest) {
    throw new Error('a build was removed while it was measured')
  }
  return openRegisteredImage(build, blobs)
}

async function plan(
  { epochKey, asked }: MeasurementDependencies,
  opening: Promise<RegisteredImage>,
  { app, id }: BuildKey,
  epoch: number,
): Promise<PlannedBuild> {
  const registered = await opening
  const { coverage, segments } = registered.build
  const seed = await epochSeed(nodeCrypto, epochKey, epoch, app, id)
  const planBytes = drawUpPlan({ app, build: id, epoch, seed, coverage, segments, ...asked })
  return { registered, epoch, plan: parsePlan(planBytes), planBytes, planText: encodeBase64url(planBytes) }
}
