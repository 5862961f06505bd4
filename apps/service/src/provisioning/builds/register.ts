import { checkProvenance, type ProvenBuild } from './provenance.ts'
import type { BuildReader } from './reading/build-reader.ts'
import type { ReadBuild } from './reading/reader-messages.ts'
import type { Sender } from './build-upload.ts'
import type { AddedBuild } from './insert-build.ts'

/** The steps in which the kinds of registration differ: a build, an update over the air, a variant. */
export interface Registering {
  readonly reading: Parameters<BuildReader['read']>[1]
  /** Identifies the file before provenance is checked. @throws ProblemError */
  identify(report: ReadBuild): Promise<Identified>
}

export interface Identified {
  /** The members that provenance must state; it must state no others. */
  readonly proven: Partial<ProvenBuild> & Pick<ProvenBuild, 'build'>
  /**
   * Decides everything else. The outcome is registered already, or it is how to register it once its bytes are kept.
   *
   * @throws ProblemError
   */
  settle(): Promise<AddedBuild | (() => Promise<AddedBuild>)>
}

const unstated = {
  ...{ version_code: null, base: null, coverage: null },
  ...{ abis: null, variant: null, channel: null, difference_until: null },
}

/**
 * Registers what is in a file: it is read, identified, held against its provenance and settled, and only then are its
 * bytes kept and its rows written.
 *
 * @throws ProblemError, BuildRefused
 */
export function createRegister(reader: Pick<BuildReader, 'read'>) {
  return (
    file: string,
    { reading, identify }: Registering,
    { app, provenance }: Sender,
  ): Promise<AddedBuild> =>
    reader.read(file, reading, async (report, keep) => {
      const { proven, settle } = await identify(report)
      checkProvenance(provenance, report.imageDigest, { ...unstated, app: app.id, ...proven })
      const settled = await settle()
      if (typeof settled !== 'function') return settled
      await keep()
      return settled()
    })
}
