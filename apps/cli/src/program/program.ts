import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { createAction, example, refuseContradictions, type Action } from '../command-line/arguments.ts'
import { contextOf, defaultServer } from '../command-line/context.ts'
import type { Environment, Streams } from '../terminal/terminal.ts'

type AddCommands = (program: Command, action: Action, signals: NodeJS.EventEmitter) => void

interface CommandModule {
  names: readonly string[]
  /** It is about all commands, so that they are loaded too. */
  needsAll?: true
  load: () => Promise<AddCommands>
}

/** Every top-level command and its module, in the order of `assay --help`. */
const commands: readonly CommandModule[] = [
  { names: ['init'], load: async () => (await import('../commands/init.ts')).addInitCommand },
  { names: ['serve'], load: async () => (await import('../commands/serve.ts')).addServeCommand },
  {
    names: ['migrate-store'],
    load: async () => (await import('../commands/migrate-store.ts')).addMigrateStoreCommand,
  },
  { names: ['upgrade'], load: async () => (await import('../commands/upgrade.ts')).addUpgradeCommand },
  {
    names: ['upgrade-check'],
    load: async () => (await import('../commands/upgrade-check.ts')).addUpgradeCheckCommand,
  },
  {
    names: ['backup', 'restore'],
    load: async () => (await import('../commands/backup.ts')).addBackupCommands,
  },
  { names: ['guard'], load: async () => (await import('../commands/guard.ts')).addGuardCommands },
  { names: ['app'], load: async () => (await import('../commands/apps.ts')).addAppCommands },
  { names: ['build'], load: async () => (await import('../commands/builds.ts')).addBuildCommands },
  { names: ['api'], load: async () => (await import('../commands/apis.ts')).addApiCommands },
  {
    names: ['development'],
    load: async () => (await import('../commands/development.ts')).addDevelopmentCommands,
  },
  { names: ['policy'], load: async () => (await import('../commands/policies.ts')).addPolicyCommands },
  { names: ['boot-keys'], load: async () => (await import('../commands/boot-keys.ts')).addBootKeyCommands },
  { names: ['key'], load: async () => (await import('../commands/keys.ts')).addKeyCommands },
  {
    names: ['signing-key'],
    load: async () => (await import('../commands/signing-keys.ts')).addSigningKeyCommands,
  },
  {
    names: ['attestation'],
    load: async () => (await import('../commands/attestations.ts')).addAttestationCommands,
  },
  { names: ['audit'], load: async () => (await import('../commands/audit.ts')).addAuditCommands },
  { names: ['status'], load: async () => (await import('../commands/status.ts')).addStatusCommand },
  { names: ['rollout'], load: async () => (await import('../commands/rollout.ts')).addRolloutCommand },
  { names: ['stats'], load: async () => (await import('../commands/stats.ts')).addStatsCommand },
  { names: ['allow'], load: async () => (await import('../commands/allow.ts')).addAllowCommands },
  { names: ['ban'], load: async () => (await import('../commands/bans.ts')).addBanCommands },
  {
    names: ['installation'],
    load: async () => (await import('../commands/installations.ts')).addInstallationCommands,
  },
  { names: ['token'], load: async () => (await import('../commands/tokens.ts')).addTokenCommands },
  { names: ['find'], load: async () => (await import('../commands/find.ts')).addFindCommand },
  { names: ['doctor'], load: async () => (await import('../commands/doctor.ts')).addDoctorCommand },
  { names: ['explain'], load: async () => (await import('../commands/explain.ts')).addExplainCommand },
  { names: ['inspect'], load: async () => (await import('../commands/inspect.ts')).addInspectCommand },
  {
    names: ['completion'],
    needsAll: true,
    load: async () => (await import('../commands/completion.ts')).addCompletionCommand,
  },
]

function ownVersion(): string {
  const file = readFileSync(fileURLToPath(import.meta.resolve('@assay/cli/package.json')), 'utf8')
  return (JSON.parse(file) as { version: string }).version
}

/** Global options that take a value. */
const withValue = ['--server', '--api-key-file']

/**
 * The command line of `assay`. Parsing it throws `CliError`, or commander's own error for a wrong command line.
 *
 * @param args the arguments to parse: only the command that they name is loaded, or all commands if they name none
 */
export async function createProgram(
  streams: Streams,
  env: Environment,
  signals: NodeJS.EventEmitter,
  args: readonly string[],
): Promise<Command> {
  const program = new Command('assay')
    .description(
      'What software is using my API? Operator and release pipeline tool of the Assay attestation service.',
    )
    .version(ownVersion(), '--version', 'the version of the CLI and of the service in it')
    .option('--server <url>', `address of the service (or ASSAY_URL; default ${defaultServer})`)
    .option(
      '--api-key-file <file>',
      'file that holds the API key (or ASSAY_API_KEY_FILE, or the key itself in ASSAY_API_KEY)',
    )
    .option(
      '--insecure',
      'send the API key over plain HTTP to another machine: only in a network that you trust',
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
        'assay doctor TRACE',
        'assay find "whatever a user wrote to you"',
        'assay rollout com.example.app',
      )}

Exit codes: 0 done; 1 the service refused, or a check failed; 2 the command line or a file cannot be
used; 3 the service cannot be reached or has a fault: try again later; 4 a fault of the CLI.
docs/cli.md describes every command, assay explain CODE every code.`,
    )
  const action = createAction((command) => contextOf(command, streams, env))
  const first = args.find((arg, i) => !arg.startsWith('-') && !withValue.includes(args[i - 1] ?? ''))
  const named = commands.filter(({ names }) => names.some((name) => name === first))
  const isAll = named.length === 0 || named.some(({ needsAll }) => needsAll === true)
  const loaded = await Promise.all((isAll ? commands : named).map(({ load }) => load()))
  for (const addCommands of loaded) addCommands(program, action, signals)
  refuseContradictions(program)
  return program
}
