import { Command } from 'commander'
import { createAction, example } from './commands/arguments.ts'
import { addApiCommands } from './commands/apis.ts'
import { addAppCommands } from './commands/apps.ts'
import { addAttestationCommands } from './commands/attestations.ts'
import { addBanCommands } from './commands/bans.ts'
import { addBuildCommands } from './commands/builds.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addKeyCommands } from './commands/keys.ts'
import { addPolicyCommands } from './commands/policies.ts'
import { addServiceCommands } from './commands/service.ts'
import { addTokenCommands } from './commands/tokens.ts'
import { contextOf, defaultServer, type Environment } from './context.ts'
import type { Streams } from './terminal.ts'

/** The command line of `assay`. Throws `CliError`, or commander's own error for a wrong command line. */
export function createProgram(streams: Streams, env: Environment, signals: NodeJS.EventEmitter): Command {
  const program = new Command('assay')
    .description(
      'What software is using my API? Operator and release pipeline tool of the Assay attestation service.',
    )
    .option('--server <url>', `address of the service (or ASSAY_URL; default ${defaultServer})`)
    .option(
      '--api-key-file <file>',
      'file that holds the API key (or ASSAY_API_KEY_FILE, or the key itself in ASSAY_API_KEY)',
    )
    .option('--json', 'results and errors as JSON')
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      // Errors are shown once, with code and hint, by `run`.
      writeErr: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .exitOverride()
    .addHelpText(
      'after',
      `${example(
        'assay init && assay serve',
        'assay app add com.example.app --platform android',
        'assay build add app-release.apk --app com.example.app',
        'assay api add https://api.example.com --app com.example.app --tier affirming warning',
        'assay doctor',
      )}

Exit codes: 0 done; 1 the service refused, or what was checked does not hold; 2 the command line or a file cannot be
used; 3 the service is not reachable or has a fault: try again later; 4 a fault of the CLI.
docs/cli.md describes every command, docs/errors.md every code.`,
    )
  const action = createAction((command) => contextOf(command, streams, env))
  addServiceCommands(program, action, signals)
  addAppCommands(program, action)
  addBuildCommands(program, action)
  addApiCommands(program, action)
  addPolicyCommands(program, action)
  addKeyCommands(program, action)
  addAttestationCommands(program, action)
  addBanCommands(program, action)
  addTokenCommands(program, action)
  addDoctorCommand(program, action)
  addInspectCommand(program, action)
  return program
}
