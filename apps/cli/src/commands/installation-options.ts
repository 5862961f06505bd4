import type { Command } from 'commander'
import { usageError } from '../faults/cli-error.ts'

/** How an operator names an installation. */
export interface InstallationOptions {
  audience?: string
  installation?: string
  key?: string
}

export function withInstallation(command: Command): Command {
  return command
    .option('--installation <name>', 'claim `installation` of a token; `req.assay` of a guarded API has it')
    .option('--key <thumbprint>', 'or its key: `jkt` of `req.assay`, the thumbprint of its DPoP key')
}

/** @throws CliError `CLI_USAGE` unless exactly one of the two names is given */
export function checkInstallation({ installation, key }: InstallationOptions): void {
  if ((installation === undefined) === (key === undefined))
    throw usageError(
      'CLI_USAGE',
      'Say which installation',
      'Give --installation with --audience, as the API knows it, or --key.',
    )
}
