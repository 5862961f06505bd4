import type { App } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import type { Clock } from '../../system/ports.ts'
import type { BuildStore } from '../model/ports.ts'
import { firstState } from './activation.ts'
import { identifyBuild, isMeasuredLess, type RequestedBuild } from './build-identity.ts'
import { authorityOf, type Sender } from './build-upload.ts'
import { missingFrom } from './incomplete-build.ts'
import { replaces, type AddedBuild, type InsertBuild } from './insert-build.ts'
import { checkProvenance } from './provenance.ts'
import type { BuildReader } from './reading/build-reader.ts'
import { uploadSigner } from './upload-signer.ts'

export interface RegisteringDependencies {
  builds: Pick<BuildStore, 'find' | 'hasRetired' | 'hasSdk' | 'listCode' | 'uploadSigners'>
  reader: Pick<BuildReader, 'read'>
  insert: InsertBuild
  /** PEM of the roots under which developers' certificates are issued. */
  developerRoots: readonly string[]
  /** Teams that own the app, according to its evidence settings. */
  teamsOf: (app: App) => readonly string[]
  clock: Clock
}

/** Registers the build in a file. @throws ProblemError, BuildRefused */
export function createRegisterBuild(dependencies: RegisteringDependencies) {
  const { builds, reader, insert, developerRoots, teamsOf, clock } = dependencies
  return (
    file: string,
    format: BuildFormat,
    requested: RequestedBuild,
    sender: Sender,
  ): Promise<AddedBuild> =>
    reader.read(file, { format, coverage: requested.coverage }, async (report, keep) => {
      const { app, apiKey, provenance } = sender
      const { build, newSigners, knownSigners } = identifyBuild(report, requested, {
        app,
        apiKey,
        now: clock(),
      })
      checkProvenance(provenance, report.imageDigest, {
        app: app.id,
        build: build.id,
        version_code: build.version_code,
        base: null,
        coverage: build.coverage,
        abis: build.splits?.abis ?? null,
        variant: null,
        channel: requested.channel ?? null,
        difference_until: build.difference_until === null ? null : Date.parse(build.difference_until) / 1000,
      })
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
      const authority = authorityOf(sender, { signers: knownSigners, team, base: null })
      const registered = await builds.find(app.id, build.id)
      const replacesPending = registered !== undefined && replaces(build, registered)
      if (registered !== undefined && !replacesPending) return insert(build, { authority })
      await keep()
      const isFirst = app.signers.length === 0 && !requested.newSigner
      return insert(build, {
        ...{ authority, replacesPending },
        addSigners: newSigners,
        areFirst: isFirst,
        addTeam: isNewTeam ? signer?.teamId : undefined,
        isFirstTeam: teams.length === 0 && !requested.newTeam,
        uploadSigner: signer?.sha256,
        manifest: report.sdk?.manifest ?? null,
      })
    })
}
