import type { App } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import type { Clock } from '../../system/ports.ts'
import type { BuildStore } from '../model/ports.ts'
import { firstState } from './activation.ts'
import { identifyBuild, isMeasuredLess, type RequestedBuild } from './build-identity.ts'
import { authorityOf, type Sender } from './build-upload.ts'
import { missingFrom } from './incomplete-build.ts'
import { settleBuild, type InsertBuild } from './insert-build.ts'
import type { Registering } from './register.ts'
import { uploadSigner } from './upload-signer.ts'

export interface RegisteringDependencies {
  builds: Pick<BuildStore, 'find' | 'hasRetired' | 'hasSdk' | 'listCode' | 'uploadSigners'>
  insert: InsertBuild
  /** PEM of the roots under which developers' certificates are issued. */
  developerRoots: readonly string[]
  /** Teams that own the app, according to its evidence settings. */
  teamsOf: (app: App) => readonly string[]
  clock: Clock
}

/** A file as the first image of a build. */
export function createRegisterBuild(dependencies: RegisteringDependencies) {
  const { builds, developerRoots, teamsOf, clock } = dependencies
  return (format: BuildFormat, requested: RequestedBuild, sender: Sender): Registering => ({
    reading: { format, coverage: requested.coverage },
    async identify(report) {
      const { app, apiKey } = sender
      const identified = identifyBuild(report, requested, { app, apiKey, now: clock() })
      const { build, newSigners, knownSigners } = identified
      const { difference_until: until } = build
      const proven = {
        build: build.id,
        version_code: build.version_code,
        coverage: build.coverage,
        abis: build.splits?.abis ?? null,
        channel: requested.channel ?? null,
        difference_until: until === null ? null : Date.parse(until) / 1000,
      }
      const settle = async () => {
        const teams = [...app.teams, ...teamsOf(app)]
        const { signer, isNewTeam, vouches, warnings } = uploadSigner(report, {
          roots: developerRoots,
          teams,
          known: await builds.uploadSigners(app.id),
          requested,
          apiKey,
          now: clock(),
        })
        const missing = await missingFrom(build, builds)
        build.warnings.push(...warnings, ...missing)
        build.state = firstState(build, {
          ...sender,
          isSignedByTeam: vouches,
          isMeasuredLess: isMeasuredLess(build),
          isIncomplete: missing.length > 0,
          wasRetired: await builds.hasRetired(app.id, build.image_digest),
        })
        const team = isNewTeam ? undefined : signer?.teamId
        const options = {
          authority: authorityOf(sender, { signers: knownSigners, team, base: null }),
          addSigners: newSigners,
          areFirst: app.signers.length === 0 && !requested.newSigner,
          addTeam: isNewTeam ? signer?.teamId : undefined,
          isFirstTeam: teams.length === 0 && !requested.newTeam,
          uploadSigner: signer?.sha256,
          manifest: report.sdk?.manifest ?? null,
        }
        return settleBuild(build, options, dependencies)
      }
      return { proven, settle }
    },
  })
}
