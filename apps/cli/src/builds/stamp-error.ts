import { stampCodes, type StampCode } from '@assay/web-build/codes'
import { WebBuildError } from '@assay/web-build/stamp'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError } from '../faults/cli-error.ts'

/** A fault of a folder, as the CLI shows it; anything else stays what it is. */
export function asStampError(error: unknown): unknown {
  if (!(error instanceof WebBuildError)) return error
  const { code, message } = error
  const hint = code in stampCodes ? stampCodes[code as StampCode].action : 'Name the folder that is served.'
  // The CLI shows the code itself.
  return new CliError(code, message.replace(` [${code}]`, ''), exitCodes.usage, { hint, cause: error })
}
