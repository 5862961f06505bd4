import { firstImage } from '@assay/protocol'
import type { Build, BuildVariant } from '@assay/protocol/schemas'
import { sdkDescriptions, type SdkManifest } from '@assay/measurement'
import type { BuildFormat } from '@assay/app-image'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildStore, VariantInserted } from '../model/ports.ts'
import { defaultBuildId, identifyBuild, invalid, type RequestedBuild } from './build-identity.ts'
import { authorityOf, type Sender } from './build-upload.ts'
import { checkShapes, shapesOf } from './image-shapes.ts'
import { lacksCode } from './incomplete-build.ts'
import { found } from './insert-build.ts'
import type { ReadBuild } from './reading/reader-messages.ts'
import type { Registering } from './register.ts'
import type { RegisteringDependencies } from './register-build.ts'
import { refusedVariant, variantFault, type VariantFault } from './variant-faults.ts'

interface VariantDependencies extends Pick<RegisteringDependencies, 'clock'> {
  builds: Pick<BuildStore, 'find' | 'findManifest' | 'insertVariant' | 'activateVariant' | 'endImage'>
}

/**
 * Registers what a store made of a build as a further image of it. A shape only points at what is registered, so it is
 * here that nothing contradicts the build or covers less of it; and as a store's signature is on whatever was uploaded
 * to it, a registration key alone adds nothing that is served.
 */
export function createRegisterVariant(dependencies: VariantDependencies) {
  const { builds, clock } = dependencies
  return (
    format: BuildFormat,
    requested: RequestedBuild & { variant: string },
    sender: Sender,
  ): Registering => ({
    reading: { format, coverage: requested.coverage },
    async identify(report) {
      const { app, apiKey } = sender
      const id = requested.id ?? idOf(report)
      const registered = found(await builds.find(app.id, id))
      if (registered.state === 'retired') throw new ProblemError('build_retired')
      const now = clock()
      const asBuild = { ...requested, id, coverage: registered.coverage }
      const identified = identifyBuild(report, asBuild, { app, apiKey, now })
      const { version_code, coverage, splits } = identified.build
      const settle = () =>
        settleVariant({ report, registered, requested, sender, now, ...identified }, dependencies)
      return {
        proven: { build: id, version_code, coverage, abis: splits?.abis ?? null, variant: requested.variant },
        settle,
      }
    },
  })
}

interface IdentifiedVariant extends ReturnType<typeof identifyBuild> {
  report: ReadBuild
  registered: Build
  requested: RequestedBuild & { variant: string }
  sender: Sender
  now: number
}

async function settleVariant(identified: IdentifiedVariant, { builds }: VariantDependencies) {
  const { report, registered, requested, sender, now, build: image, knownSigners } = identified
  const { app, id } = registered
  const { variant: name, replace } = requested
  const isAdmin = sender.apiKey.scope === 'admin'
  const state = isAdmin || sender.provenance !== undefined ? 'active' : 'pending'
  const manifest = await manifestOf(report, registered, builds)
  const faults = [
    ...contradictions(image, registered, { ...identified, coverage: requested.coverage }),
    ...(manifest === 'missing' ? [variantFault('/sdk', 'less')] : []),
    ...(registered.state === 'pending' ? [variantFault('/state', 'pending')] : []),
    // Provenance says what a file is, and not which image nobody shall have any more.
    ...(replace !== undefined && !isAdmin ? [variantFault('/replace', 'admin')] : []),
  ]
  if (faults.length > 0 || manifest === 'missing') throw refusedVariant(...faults)
  const before = registered.variants.find((each) => each.name === name)
  const others = activeBeside(registered, [name, replace])
  const shapes = await shapesOf(image)
  if (before !== undefined && isSame(before, image)) {
    if (state === 'active' && before.state === 'pending') {
      await checkShapes({ ...image, shapes }, registered, others, builds)
      if ((await builds.activateVariant(app, id, name)) === 'too_many')
        throw refusedVariant(variantFault('/variant', 'too_many'))
    }
    // The replaced image ends even if both were registered side by side before.
    if (replace !== undefined && replace !== name) await builds.endImage(app, id, replace, new Date(now))
    return { build: found(await builds.find(app, id)), created: false }
  }
  const replacesPending = before?.state === 'pending' && state === 'active'
  if (before !== undefined && !replacesPending && replace !== name)
    throw refusedVariant(variantFault('/variant', 'taken'))
  if (others.some((each) => each.image_digest === image.image_digest))
    throw refusedVariant(variantFault('/image_digest', 'same'))
  await checkShapes({ ...image, shapes }, registered, others, builds)
  const authority = authorityOf(sender, { signers: knownSigners, base: null })
  return async () => {
    const options = { name, state, shapes, replace, replacesPending, now, manifest, authority } as const
    mustBeInserted(await builds.insertVariant(image, options))
    return { build: found(await builds.find(app, id)), created: true }
  }
}

/** @throws ProblemError `request_invalid` for an IPA that does not state its version */
function idOf({ versionName, versionCode }: ReadBuild): string {
  if (versionCode === null) throw invalid('/id', 'required')
  return defaultBuildId({ versionName, versionCode })
}

/** The other images that are served. What nobody vouches for must not stand in the way of what somebody does. */
function activeBeside(
  registered: Build,
  names: readonly (string | undefined)[],
): {
  name: string | undefined
  image_digest: string
  splits: Build['splits']
  shapes: BuildVariant['shapes'] | undefined
}[] {
  const isFirst = registered.first_ended_at === null && !names.includes(firstImage)
  const first = {
    name: undefined,
    image_digest: registered.image_digest,
    splits: registered.splits,
    shapes: undefined,
  }
  const variants = registered.variants.filter(
    ({ name, state }) => state === 'active' && !names.includes(name),
  )
  return [...(isFirst ? [first] : []), ...variants]
}

function isSame(before: BuildVariant, image: Build): boolean {
  return (
    before.image_digest === image.image_digest &&
    before.splits?.abis.join() === image.splits?.abis.join() &&
    [...before.signers].sort().join() === [...image.signers].sort().join()
  )
}

interface OfRequest {
  newSigners: readonly string[]
  knownSigners: readonly string[]
  coverage: Build['coverage'] | undefined
}

/** What the file says otherwise than the build, and what it has less. */
function contradictions(
  image: Build,
  registered: Build,
  { newSigners, knownSigners, coverage }: OfRequest,
): VariantFault[] {
  const faults: VariantFault[] = []
  if (image.version_code !== registered.version_code) faults.push(variantFault('/version_code', 'other'))
  if (registered.base !== null) faults.push(variantFault('/base', 'other'))
  if ((image.splits === null) !== (registered.splits === null)) faults.push(variantFault('/format', 'other'))
  if (image.debuggable !== registered.debuggable) faults.push(variantFault('/debuggable', 'other'))
  if (coverage !== undefined && coverage !== registered.coverage)
    faults.push(variantFault('/coverage', 'other'))
  // A key that anyone may have is not known to the app: it signs only what the same key signed before.
  const isKnown = knownSigners.length > 0 || sorted(image.signers) === sorted(registered.signers)
  if (newSigners.length > 0 || !isKnown) faults.push(variantFault('/signers', 'other'))
  const places = registered.segments.map(({ name }) => ({ format: registered.format, name }))
  if (lacksCode(image, places)) faults.push(variantFault('/segments', 'less'))
  return faults
}

const sorted = (signers: readonly string[]) => [...signers].sort().join()

/**
 * The manifest of the variant's SDK. A store may rewrite what a compiled SDK is found by, but not what it can do: then
 * it is that of the build. `missing`: the build has an SDK, and the file has none.
 */
async function manifestOf(
  { sdk }: ReadBuild,
  registered: Build,
  builds: Pick<BuildStore, 'findManifest'>,
): Promise<SdkManifest | null | 'missing'> {
  if (sdk !== null) return sdk.manifest ?? null
  if (registered.sdk === null) return null
  if (sdkDescriptions[registered.sdk]?.code !== 'native') return 'missing'
  return (await builds.findManifest(registered.app, registered.id)) ?? null
}

/** @throws ProblemError */
function mustBeInserted(inserted: VariantInserted): void {
  switch (inserted) {
    case 'ok':
      return
    case 'exists':
      throw refusedVariant(variantFault('/variant', 'taken'))
    case 'too_many':
      throw refusedVariant(variantFault('/variant', 'too_many'))
    case 'nothing_to_replace':
    case 'base_not_active':
      throw invalid('/replace', 'invalid_value')
    case 'key_revoked':
      throw new ProblemError('unauthorized')
    case 'app_not_found':
    case 'build_not_found':
    case 'signer_not_registered':
    case 'signer_new':
    case 'team_not_registered':
    case 'team_new':
    case 'builds_pending_full':
      throw new ProblemError(inserted)
  }
}
