import { invalidArgument } from '@assay/protocol'

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `time` is whole Unix seconds */
export function checkUnixSeconds(time: number): void {
  // Milliseconds mistaken for seconds exceed it.
  if (!Number.isInteger(time) || time <= 0 || time >= 1e11)
    throw invalidArgument('a time is not in whole Unix seconds')
}
