import {
  digestImage,
  drawUpPlan,
  epochOf,
  epochSeed,
  parsePlan,
  type Exercises,
  type ImageDigest,
  type Plan,
  type SdkManifest,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url, type Build } from '@assay/protocol'
import { LRUCache } from 'lru-cache'
import type { BuildSummary } from '../ports.ts'
import type { Clock } from '../../system/ports.ts'
import { exercisesOfPlan } from '../speed/exercises-of-plan.ts'
import { openRegisteredImage, type RegisteredImage, type SegmentStore } from './registered-image.ts'
import { readRegisteredSdk, type RegisteredSdk } from './registered-sdk.ts'

/** A build in an epoch: its plan, and the image that the plan covers. */
export interface PlannedBuild {
  readonly registered: RegisteredImage
  readonly sdk: RegisteredSdk
  readonly plan: Plan
  readonly planBytes: Uint8Array
  /** Base64url of `planBytes`. */
  readonly planText: string
  readonly exercises: Exercises
}

/** Registered builds, as far as measuring them needs. */
export interface MeasuredBuilds {
  /** With its segments, in order of name (by code point). */
  find(app: string, id: string): Promise<Build | undefined>
  /** Of the build's SDK. Undefined: it has none that is kept, or there is no such build. */
  findManifest(app: string, id: string): Promise<SdkManifest | undefined>
  /**
   * Builds that are not retired, without segments. With `seenSince`, only those registered or named by an attestation
   * since then.
   */
  listActive(options?: { seenSince?: Date }): Promise<BuildSummary[]>
}

interface MeasurementDependencies {
  builds: MeasuredBuilds
  segments: SegmentStore
  /** Secret, 32 bytes: nobody without it can tell a plan of a later epoch. */
  epochKey: Uint8Array
  /** Seconds. */
  epochLength: number
  clock: Clock
}

/** A build that can be planned for and measured. */
interface Opened {
  registered: RegisteredImage
  sdk: RegisteredSdk
}

interface Entry {
  epoch: number
  opened: Promise<Opened & { seed: Uint8Array }>
  /** By the probes that were on, oldest first. */
  plans: Map<string, Promise<PlannedBuild>>
  /** Started when first needed. */
  digest?: Promise<BuildDigests>
  /** What it gave. */
  ready?: BuildDigests
}

/** The whole-code digests of a build in an epoch, of each of its images. */
export interface BuildDigests {
  readonly image: ImageDigest
  /** Undefined: the build has no second image. */
  readonly text: ImageDigest | undefined
}

/** A build, and the ABI of the device where it is registered by ABI. */
export type BuildKey = Pick<BuildSummary, 'app' | 'id' | 'image_digest'> & { abi?: string | undefined }

const openImages = 256
/** Plans of one epoch that are kept: how often the probes may be switched within the lifetime of a challenge. */
const keptPlans = 8
/** Milliseconds. Builds that no attestation has named for this long are digested on demand, not ahead. */
const forgottenAfter = 7 * 24 * 60 * 60 * 1000

export type Measurements = ReturnType<typeof createMeasurements>

/**
 * Plans and whole-code digests, each made once per build and epoch. Digests are computed ahead of requests and in
 * small pieces; a request that needs one that is still under way waits for it and does not start a second.
 */
export function createMeasurements(dependencies: MeasurementDependencies) {
  const { builds, epochLength, clock } = dependencies
  const entries = new Map<string, Entry>()
  const images = new LRUCache<string, Promise<Opened>>({ max: openImages })

  const currentEpoch = () => epochOf(Math.floor(clock() / 1000), epochLength)

  const entryOf = (build: BuildKey, epoch: number): Entry => {
    const key = `${imageKey(build)}/${epoch}`
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      epoch,
      opened: withSeed(dependencies, openImage(build), build, epoch),
      plans: new Map(),
    }
    entries.set(key, entry)
    entry.opened.catch(() => entries.delete(key))
    return entry
  }

  const openImage = (build: BuildKey): Promise<Opened> => {
    const key = imageKey(build)
    const known = images.get(key)
    if (known !== undefined) return known
    const opening = readImage(dependencies, build)
    images.set(key, opening)
    opening.catch(() => images.delete(key))
    return opening
  }

  const digest = (build: BuildKey, epoch: number): Promise<BuildDigests> => {
    const entry = entryOf(build, epoch)
    if (entry.digest !== undefined) return entry.digest
    const digesting = entry.opened.then(async ({ registered: { build, unhurried, text }, seed }) => ({
      image: await digestImage(unhurried, build.coverage, seed, nodeCrypto),
      text: text && (await digestImage(text.unhurried, 'image', seed, nodeCrypto)),
    }))
    entry.digest = digesting
    digesting.then(
      (ready) => (entry.ready = ready),
      () => delete entry.digest,
    )
    return digesting
  }

  const planned = (build: BuildKey, epoch: number, probes: readonly string[]): Promise<PlannedBuild> => {
    const { opened, plans } = entryOf(build, epoch)
    const key = probes.join()
    const known = plans.get(key)
    if (known !== undefined) return known
    const planning = plan(opened, build, epoch, probes)
    plans.set(key, planning)
    planning.catch(() => plans.delete(key))
    if (plans.size > keptPlans) plans.delete(plans.keys().next().value as string)
    return planning
  }

  return {
    currentEpoch,
    /** @param probes those that are on; the plan asks for those among them that the build's SDK declares */
    planned,
    /**
     * The plan with this text: the one that is asked now, or one of before the probes were last switched, as challenges
     * with it are still valid. `undefined`: no plan of this image.
     */
    async issued(
      build: BuildKey,
      epoch: number,
      probes: readonly string[],
      planText: string,
    ): Promise<PlannedBuild | undefined> {
      const current = await planned(build, epoch, probes)
      if (current.planText === planText) return current
      const kept = await Promise.all(entryOf(build, epoch).plans.values())
      return kept.find((plan) => plan.planText === planText)
    },
    digest,
    /** The digest, where it already exists. */
    ready: (build: BuildKey, epoch: number): BuildDigests | undefined => entryOf(build, epoch).ready,
    /**
     * Digests what is active for the current epoch and, within `lead` seconds of its end, for the next one; forgets
     * the epochs before the previous one.
     */
    async prepare(lead: number): Promise<void> {
      const current = currentEpoch()
      for (const [key, { epoch }] of entries) if (epoch < current - 1) entries.delete(key)
      const left = (current + 1) * epochLength - clock() / 1000
      const active = await builds.listActive({ seenSince: new Date(clock() - forgottenAfter) })
      const faults: unknown[] = []
      for (const epoch of left <= lead ? [current, current + 1] : [current]) {
        // A build with a damaged image must not keep the others from being ready.
        for (const build of active) {
          for (const abi of build.splits?.abis ?? [undefined])
            await digest({ ...build, abi }, epoch).catch((error: unknown) => faults.push(error))
        }
      }
      if (faults.length > 0) throw faults[0]
    },
  }
}

function imageKey({ app, id, image_digest, abi = '' }: BuildKey): string {
  return `${app}/${id}/${image_digest}/${abi}`
}

async function readImage({ builds, segments }: MeasurementDependencies, key: BuildKey): Promise<Opened> {
  const build = await builds.find(key.app, key.id)
  if (build === undefined || build.image_digest !== key.image_digest) {
    throw new Error('a build was removed while it was measured')
  }
  const registered = openRegisteredImage(build, key.abi, segments)
  const manifest = await builds.findManifest(key.app, key.id)
  return { registered, sdk: await readRegisteredSdk(manifest, registered.unhurried) }
}

async function withSeed(
  { epochKey }: MeasurementDependencies,
  opening: Promise<Opened>,
  { app, id }: BuildKey,
  epoch: number,
): Promise<Opened & { seed: Uint8Array }> {
  return { ...(await opening), seed: await epochSeed(nodeCrypto, epochKey, epoch, app, id) }
}

async function plan(
  opening: Entry['opened'],
  { app, id, abi }: BuildKey,
  epoch: number,
  on: readonly string[],
): Promise<PlannedBuild> {
  const { registered, sdk, seed } = await opening
  const { build, image, text, modules } = registered
  const probes = sdk.probes.filter((name) => on.includes(name))
  const planBytes = drawUpPlan({
    ...{ app, build: id, epoch, seed, abi, modules, probes, live: sdk.live },
    coverage: build.coverage,
    segments: image.segments,
    text: text?.image.segments,
  })
  return {
    registered,
    sdk,
    plan: parsePlan(planBytes),
    planBytes,
    planText: encodeBase64url(planBytes),
    exercises: exercisesOfPlan(),
  }
}
