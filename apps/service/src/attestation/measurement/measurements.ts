import { hash } from 'node:crypto'
import {
  digestImage,
  drawUpPlan,
  epochOf,
  epochSeed,
  type Exercises,
  type Plan,
  type SdkManifest,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { Build, BuildSummary } from '@assay/protocol/schemas'
import { LRUCache } from 'lru-cache'
import { activeImages } from '../model/build-image.ts'
import { keptOnce, once } from '../../system/once.ts'
import type { Clock } from '../../system/ports.ts'
import { packed, unpacked, type BuildDigests, type PackedDigests } from './build-digests.ts'
import { exercisesOfPlan } from '../speed/exercises-of-plan.ts'
import { openRegisteredImage, type RegisteredImage, type SegmentStore } from './registered-image.ts'
import { readRegisteredSdk, type RegisteredSdk } from './registered-sdk.ts'

/** A build in an epoch: its plan as it is sent, and the image that the plan covers. */
export interface KeptPlan {
  readonly registered: RegisteredImage
  readonly sdk: RegisteredSdk
  /** The plan as it is sent: base64url. */
  readonly planText: string
  /** SHA-256 of the bytes of the plan. */
  readonly planDigest: Buffer
  readonly exercises: Exercises
}

/** The same with the plan read, for one attestation. */
export interface PlannedBuild extends KeptPlan {
  readonly plan: Plan
  readonly planBytes: Uint8Array
}

/** Registered builds, as far as measurements need them. */
export interface MeasuredBuilds {
  /** With its segments, in order of name (by code point). */
  find(app: string, id: string, variant?: string): Promise<Build | undefined>
  /** The manifest of the build's SDK. Undefined: none is kept for it, or there is no such build. */
  findManifest(app: string, id: string, variant?: string): Promise<SdkManifest | undefined>
  /**
   * Builds that are not retired, without segments. With `seenSince`, only those registered or named by an attestation
   * since then.
   */
  listActive(options?: { seenSince?: Date }): Promise<BuildSummary[]>
}

interface MeasurementDependencies {
  builds: MeasuredBuilds
  segments: SegmentStore
  /** Secret, 32 bytes: nobody without it can predict the plan of a later epoch. */
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

/** A build, and the ABI of the device where it is registered by ABI. */
export type BuildKey = Pick<BuildSummary, 'app' | 'id' | 'image_digest'> & {
  abi?: string | undefined
  /** Name of the variant; by default the image that was registered first. */
  variant?: string | null
}

const openImages = 256
/**
 * Plans that are kept for a build in one epoch: how often the probes may be switched within the lifetime of a
 * challenge.
 */
const keptPlans = 8
/**
 * Approximate bytes of all kept plans: those of 10,000 builds with a few segments. An evicted plan is drawn up again.
 */
const bytesOfPlans = 96 << 20
/** Bytes of all kept digests. An evicted digest is computed again from the whole image. */
const bytesOfDigests = 32 << 20
/** Milliseconds. Builds that no attestation has named for this long are digested on demand, not in advance. */
const forgottenAfter = 7 * 24 * 60 * 60 * 1000

export type Measurements = ReturnType<typeof createMeasurements>

/**
 * Plans and whole-code digests, each made once per build and epoch. Digests are computed in advance and in small
 * pieces; a request that needs one that is still being computed waits for it and does not start a second.
 */
export function createMeasurements(dependencies: MeasurementDependencies) {
  const { builds, epochLength, clock } = dependencies
  const images = keptOnce(new LRUCache<string, Opened>({ max: openImages }))
  /** For each build and epoch: by the probes that were on, oldest first. */
  const plans = new LRUCache<string, ReadonlyMap<string, KeptPlan>>({
    maxSize: bytesOfPlans,
    sizeCalculation: (kept) => [...kept.values()].reduce((sum, each) => sum + sizeOf(each), 0),
  })
  const planning = new Map<string, Promise<KeptPlan>>()
  const digests = new LRUCache<string, PackedDigests>({
    maxSize: bytesOfDigests,
    sizeCalculation: ({ text }) => text.length + entrySize,
  })
  const digesting = new Map<string, Promise<BuildDigests>>()

  const currentEpoch = () => epochOf(Math.floor(clock() / 1000), epochLength)

  /** As a plan of this epoch or the one before keeps it: the store may be away, and more plans are kept than open images. */
  const keptOf = (build: BuildKey, epoch: number): Opened | undefined => {
    const plansIn = (each: number) => plans.peek(`${imageKey(build)}/${each}`)?.values() ?? []
    const [kept] = [...plansIn(epoch), ...plansIn(epoch - 1)]
    return kept
  }

  const open = (build: BuildKey, epoch: number): Promise<Opened> =>
    images(imageKey(build), async () => keptOf(build, epoch) ?? (await readImage(dependencies, build)))

  const seedOf = ({ app, id }: BuildKey, epoch: number) =>
    epochSeed(nodeCrypto, dependencies.epochKey, epoch, app, id)

  const digest = (build: BuildKey, epoch: number): Promise<BuildDigests> => {
    const key = `${imageKey(build)}/${epoch}`
    return once(digesting, key, async () => {
      const { registered } = await open(build, epoch)
      const known = digests.get(key)
      if (known !== undefined) return unpacked(known, registered)
      const made = await digestsOf(registered, await seedOf(build, epoch))
      digests.set(key, packed(made))
      return made
    })
  }

  const planned = (build: BuildKey, epoch: number, probes: readonly string[]): Promise<KeptPlan> => {
    const [key, on] = [`${imageKey(build)}/${epoch}`, probes.join()]
    const known = plans.get(key)?.get(on)
    if (known !== undefined) return Promise.resolve(known)
    return once(planning, `${key}/${on}`, async () => {
      const image = await open(build, epoch)
      const made = planOf(image, await seedOf(build, epoch), build, epoch, probes)
      // Set it again, so that the cache weighs what the build takes now.
      const before = [...(plans.peek(key) ?? [])].slice(1 - keptPlans)
      plans.set(key, new Map([...before, [on, made]]))
      return made
    })
  }

  return {
    currentEpoch,
    /** @param probes those that are on; the plan asks for those among them that the build's SDK declares */
    planned,
    /**
     * The plan with this digest: the current one, or one from before the probes were last switched, because challenges
     * with it are still valid. `undefined`: it is not a plan of this image.
     */
    async issued(
      build: BuildKey,
      epoch: number,
      probes: readonly string[],
      digest: Uint8Array,
    ): Promise<PlannedBuild | undefined> {
      const current = await planned(build, epoch, probes)
      const kept = [current, ...(plans.get(`${imageKey(build)}/${epoch}`)?.values() ?? [])]
      const found = kept.find(({ planDigest }) => planDigest.equals(digest))
      return found && readPlan(found)
    },
    digest,
    /** Approximate bytes that are held, and the maximum. */
    fill: () => [
      { name: 'plans' as const, held: plans.calculatedSize, most: bytesOfPlans },
      { name: 'digests' as const, held: digests.calculatedSize, most: bytesOfDigests },
    ],
    /** The digest, if it already exists. */
    ready(build: BuildKey, epoch: number, { registered }: KeptPlan): BuildDigests | undefined {
      const known = digests.get(`${imageKey(build)}/${epoch}`)
      if (known === undefined) return undefined
      return unpacked(known, registered)
    },
    /**
     * Digests what is active for the current epoch and, within `lead` seconds of its end, for the next one; forgets the
     * epochs before the previous one.
     *
     * @param signal once it is aborted, no further build is begun
     */
    async prepare(lead: number, signal?: AbortSignal): Promise<void> {
      const current = currentEpoch()
      for (const cache of [plans, digests])
        for (const key of cache.keys()) if (epochIn(key) < current - 1) cache.delete(key)
      const left = (current + 1) * epochLength - clock() / 1000
      const active = await builds.listActive({ seenSince: new Date(clock() - forgottenAfter) })
      const faults: unknown[] = []
      for (const epoch of left <= lead ? [current, current + 1] : [current]) {
        // A build with a damaged image must not keep the others from being prepared.
        for (const build of active.flatMap(activeImages)) {
          for (const abi of build.splits?.abis ?? [undefined]) {
            if (signal?.aborted === true || digests.has(`${imageKey({ ...build, abi })}/${epoch}`)) continue
            await digest({ ...build, abi }, epoch).catch((error: unknown) => faults.push(error))
          }
        }
      }
      if (faults.length > 0) throw faults[0]
    },
  }
}

/** Reads a plan. Neither its bytes nor its members are kept: with thousands of builds, memory is dearer than 1 % of an attestation. */
export function readPlan(kept: KeptPlan): PlannedBuild {
  const planBytes = Buffer.from(kept.planText, 'base64url')
  // The service itself made it: it need not be checked again.
  return { ...kept, planBytes, plan: JSON.parse(planBytes.toString('latin1')) as Plan }
}

/** As measured, with names of usual length. */
function sizeOf({ planText, registered, sdk }: KeptPlan): number {
  const digests = Object.keys(sdk.shown).length + registered.build.segments.length
  return 2 * (entrySize + planText.length) + digestSize * digests
}

/** Bytes of a digest with its name. */
const digestSize = 400

/** Bytes of a key and its place. */
const entrySize = 500

function epochIn(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1))
}

function imageKey({ app, id, image_digest, abi = '' }: BuildKey): string {
  return `${app}/${id}/${image_digest}/${abi}`
}

async function readImage({ builds, segments }: MeasurementDependencies, key: BuildKey): Promise<Opened> {
  const variant = key.variant ?? undefined
  const found = await builds.find(key.app, key.id, variant)
  if (found === undefined || found.image_digest !== key.image_digest) {
    throw new Error('a build was removed while it was measured')
  }
  // It is kept with its plans, which need no other image.
  const build: Build = { ...found, variants: [] }
  const registered = openRegisteredImage(build, key.abi, segments)
  const manifest = await builds.findManifest(key.app, key.id, variant)
  return { registered, sdk: await readRegisteredSdk(manifest, registered.unhurried) }
}

async function digestsOf(
  { build, unhurried, text }: RegisteredImage,
  seed: Uint8Array,
): Promise<BuildDigests> {
  return {
    image: await digestImage(unhurried, build.coverage, seed, nodeCrypto),
    text: text && (await digestImage(text.unhurried, 'image', seed, nodeCrypto)),
  }
}

function planOf(
  { registered, sdk }: Opened,
  seed: Uint8Array,
  { app, id, abi }: BuildKey,
  epoch: number,
  on: readonly string[],
): KeptPlan {
  const { build, image, text, modules } = registered
  const probes = sdk.probes.filter((name) => on.includes(name))
  const planBytes = drawUpPlan({
    ...{ app, build: id, epoch, seed, abi, modules, probes, live: sdk.live },
    coverage: build.coverage,
    segments: image.segments,
    text: text?.image.segments,
  })
  const bytes = Buffer.from(planBytes.buffer, planBytes.byteOffset, planBytes.byteLength)
  return {
    ...{ registered, sdk },
    planText: bytes.toString('base64url'),
    planDigest: hash('sha256', bytes, 'buffer'),
    exercises: exercisesOfPlan(),
  }
}
