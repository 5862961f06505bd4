import type { CliProcess, FreshService } from '@assay/testkit'

/** The stage of every part of the day. */
export interface OperatorStage {
  readonly cli: CliProcess
  readonly service: FreshService
  /** For files of the day; it is removed at its end. */
  readonly folder: string
}
