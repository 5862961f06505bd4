import { firstImage, restorableDays } from '@assay/protocol'
import type { App, Build, BuildPatch } from '@assay/protocol/schemas'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import type { Clock } from '../../system/ports.ts'
import type { BuildStore } from '../model/ports.ts'
import { checkFirstDays, invalid } from './build-identity.ts'
import { checkShapes, shapesOf } from './image-shapes.ts'
import { found } from './insert-build.ts'
import { refusedVariant, variantFault } from './variant-faults.ts'

/** Milliseconds. */
const day = 86_400_000

interface RegisteredBuildDependencies {
  findApp: (id: string) => Promise<App>
  builds: BuildStore
  registrations: Pick<Registrations, 'changed'>
  clock: Clock
  /** Removes blobs that no build names any more; nobody waits for it. */
  sweep: () => void
}

/** Lists, ends, restores and removes registered builds. */
export function createRegisteredBuilds({
  findApp,
  builds,
  registrations,
  clock,
  sweep,
}: RegisteredBuildDependencies) {
  /** Checked again: others may have come since it was registered. */
  const activateVariant = async (app: string, id: string, name: string): Promise<Build> => {
    const build = found(await builds.find(app, id))
    const image = found(await builds.find(app, id, name))
    const others = build.variants.filter((each) => each.name !== name && each.state === 'active')
    const first = build.first_ended_at === null ? [{ name: undefined, shapes: undefined }] : []
    await checkShapes({ ...image, shapes: await shapesOf(image) }, build, [...first, ...others], builds)
    const activated = await builds.activateVariant(app, id, name)
    if (activated === 'too_many') throw refusedVariant(variantFault('/variant', 'too_many'))
    return changed(app, id)
  }

  const end = async (app: string, id: string, name: string): Promise<Build> => {
    const ended = await builds.endImage(app, id, name, new Date(clock()))
    if (ended === 'last') throw refusedVariant(variantFault('/variant', 'last'))
    if (ended === 'build_not_found') throw new ProblemError('build_not_found')
    return changed(app, id)
  }

  const changed = async (app: string, id: string): Promise<Build> => {
    registrations.changed({ build: [app, id] })
    return found(await builds.find(app, id))
  }

  return {
    async list(app: string, page: Page) {
      await findApp(app)
      return pageOf(
        'builds',
        page,
        (requested) => builds.list(app, requested),
        ({ id }) => id,
      )
    },
    /** @param variant whose segments are wanted; by default those that were registered first */
    async get(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      return found(await builds.find(app, id, variant === firstImage ? undefined : variant))
    },
    /** Activates a pending build; an active one stays active. @throws ProblemError `build_retired`: see `restore` */
    async activate(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      if (variant !== undefined) return activateVariant(app, id, variant)
      const build = await builds.activate(app, id)
      if (build === undefined) throw new ProblemError('build_not_found')
      if (build.state === 'retired') throw new ProblemError('build_retired')
      return changed(app, id)
    },
    /**
     * Retires the build, or ends one of its images, whose name is then free.
     *
     * @throws ProblemError `variant_refused` for the last image of a build
     */
    async retire(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      if (variant !== undefined) return end(app, id, variant)
      if ((await builds.retire(app, id, new Date(clock()))) === undefined)
        throw new ProblemError('build_not_found')
      return changed(app, id)
    },
    /**
     * Takes a retirement back, for 30 days: the build may attest, as after `activate`; one that is not retired stays as
     * it is. Its code no longer counts as retired, unless another retired build has it.
     *
     * @throws ProblemError `build_retired`: it was retired before
     */
    async restore(app: string, id: string): Promise<Build> {
      await findApp(app)
      const build = await builds.restore(app, id, new Date(clock() - restorableDays * day))
      if (build === undefined) throw new ProblemError('build_not_found')
      if (build.state === 'retired') throw new ProblemError('build_retired')
      return changed(app, id)
    },
    /**
     * Changes for whom a build is, until when it gets tokens, and its first days; its updates over the air keep their
     * own.
     */
    async update(app: string, id: string, patch: BuildPatch): Promise<Build> {
      await findApp(app)
      const registered = found(await builds.find(app, id))
      const { difference_until: difference } = patch
      if (difference !== undefined && difference !== null) {
        if (registered.base !== null) throw invalid('/difference_until', 'unrecognized_keys')
        checkFirstDays(Date.parse(difference), Date.parse(registered.created_at), registered)
      }
      if ((await builds.update(app, id, patch)) === undefined) throw new ProblemError('build_not_found')
      return changed(app, id)
    },
    /**
     * Removes a build with which nobody has attested, and frees its id.
     *
     * @throws ProblemError `build_in_use`
     */
    async remove(app: string, id: string): Promise<void> {
      await findApp(app)
      switch (await builds.remove(app, id)) {
        case false:
          throw new ProblemError('build_not_found')
        case 'in_use':
          throw new ProblemError('build_in_use')
        case true:
          registrations.changed({ build: [app, id] })
          sweep()
      }
    },
  }
}
