import type { CliProcess, FreshService } from '@assay/testkit'

/** What every part of the day acts on. */
export interface OperatorStage {
  readonly cli: CliProcess
  readonly service: FreshService
  /** For files of the day; it is removed at its end. */
  readonly folder: string
}
