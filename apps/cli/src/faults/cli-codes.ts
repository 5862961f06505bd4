import type { CodeTable } from '@assay/protocol'

/** Exit codes, for scripts: a contract. */
export const exitTexts = {
  0: { meaning: 'Done.', action: 'Nothing.' },
  1: {
    meaning: 'The service refused, with a code of “Problems of the HTTP API”; or a check failed.',
    action: 'Do not repeat it unchanged.',
  },
  2: { meaning: 'The command line, or a file that it names, cannot be used.', action: 'Correct it.' },
  3: {
    meaning: 'The service is not reachable, has a fault (5xx), or has too much to do at the moment.',
    action: 'Repeat the same command later.',
  },
  4: { meaning: 'The CLI itself has a fault.', action: 'Report it; trying again will not help.' },
} as const satisfies CodeTable

type ExitCode = keyof typeof exitTexts

export const exitCodes = { refused: 1, usage: 2, unavailable: 3, fault: 4 } as const satisfies Readonly<
  Record<string, ExitCode>
>

/** Codes of faults that the CLI itself finds, and the exit code of each. */
export const cliCodes = {
  CLI_USAGE: {
    exit: 2,
    meaning: 'The command line is wrong: an unknown command, a missing option, a value that cannot be used.',
    action: 'Read `--help` of the command.',
  },
  CLI_NO_API_KEY: {
    exit: 2,
    meaning: 'The command needs an API key.',
    action: 'Set `ASSAY_API_KEY`, or pass `--api-key-file`.',
  },
  CLI_INSECURE: {
    exit: 2,
    meaning: 'The API key would go over plain HTTP to another machine.',
    action: 'Use https, or a tunnel to loopback; on a network that you trust, pass `--insecure`.',
  },
  CLI_NOT_CONFIRMED: {
    exit: 2,
    meaning:
      'A command that deletes or retires was not confirmed: the answer was no, or there is no terminal to ask on.',
    action: 'Answer `y`; in a script pass `--yes`.',
  },
  CLI_AUDIT_BROKEN: {
    exit: 1,
    meaning:
      'The audit log is not intact: an audit entry was changed or is missing, another log is in its place, or the service has found it broken before.',
    action:
      'Find out who can write to the database. Entries up to the one named are whole; the same number in the log of the service has the MAC that it was written with.',
  },
  CLI_FILE_UNREADABLE: {
    exit: 2,
    meaning: 'A file or folder that the command names cannot be read, or cannot be made.',
    action: 'Check path and permissions.',
  },
  CLI_FILE_NOT_JSON: {
    exit: 2,
    meaning:
      'A file, or standard input, should hold JSON but does not, or an object in it names a member twice.',
    action: 'Correct it; the message says what it should hold.',
  },
  CLI_EXISTS_ALREADY: {
    exit: 2,
    meaning: '`init`: an admin key exists already, or a file is where one would be written.',
    action:
      'Use it, or make another with `assay key add`; if all keys are lost, with `assay init --new-admin-key`.',
  },
  CLI_BOOT_KEYS_DIGEST: {
    exit: 2,
    meaning: '`boot-keys update`: the file is not the one whose SHA-256 was given. The message has both.',
    action:
      'Do not give the digest of this very file instead: get file and digest again, from places that nobody can change together.',
  },
  CLI_KEY_FILE: {
    exit: 2,
    meaning:
      'The sealing key file cannot be read, does not hold 32 bytes in hex, or lies inside the data folder; or it does not exist, although the data is sealed with one.',
    action: 'Restore it from its backup; check `--sealing-key-file`; keep it outside the data folder.',
  },
  CLI_PROVENANCE_KEY: {
    exit: 2,
    meaning:
      '`build add --provenance-key` or `key add --public-key`: the file does not hold such a key, P-256 or Ed25519, in PEM.',
    action:
      'Name the right file. `assay key add --provenance --name NAME --app APP` makes a pair, and shows the private key once.',
  },
  CLI_PROVENANCE_ISSUER: {
    exit: 2,
    meaning:
      '`build add --provenance-key`: the service names a public URL that is not the address that the CLI uses, and what is signed names the service.',
    action: 'If that is the service that shall accept the build, pass `--issuer URL`.',
  },
  CLI_BUILD_UNREADABLE: {
    exit: 2,
    meaning: '`inspect` or `build diff`: the file is refused, with a code of “Refused builds”.',
    action: 'Look up that code.',
  },
  CLI_BUILD_LINK: {
    exit: 2,
    meaning:
      'The folder of a build has a symbolic link in place of code or of a folder. Links are not followed, so that code would be executed but not measured.',
    action: 'Put a copy in its place (`cp -RL FOLDER COPY`).',
  },
  CLI_BUILD_RETIRED: {
    exit: 1,
    meaning: '`build add`: this very build is registered already and has been retired, so it gets no tokens.',
    action:
      'Release another build, or give this one another `--id`: with a registration key, it is then pending without provenance.',
  },
  CLI_BUILD_PENDING: {
    exit: 1,
    meaning: '`build add --wait`: the build is registered, but no admin has activated it in time.',
    action:
      'Activate it (`assay build activate ID --app APP`), or sign what the pipeline builds (`--provenance-key`).',
  },
  CLI_FILE_LIST: {
    exit: 2,
    meaning:
      '`build add`: a page of a web build lists files other than those that exist, or names another build. Its SDK would be refused.',
    action:
      'Stamp the folder as the last step, with `assay build stamp DIR` where another step follows the bundler (SvelteKit, Next, Astro), and change no file after that.',
  },
  CLI_NOT_INSTALLED: {
    exit: 2,
    meaning: '`@assay/web-build` should register what was built (`register`), but the project has no CLI.',
    action: 'Install `@assay/cli` beside it, or leave `register` out and run `assay build add`.',
  },
  CLI_SERVICE_UNREACHABLE: {
    exit: 3,
    meaning: 'The service does not answer.',
    action: 'Start it (`assay serve`); check `--server` or `ASSAY_URL`.',
  },
  CLI_SERVICE_ANSWER: {
    exit: 3,
    meaning: 'Something other than the service answers.',
    action: 'Give the address of the service itself, not of a page in front of it.',
  },
  CLI_VALKEY_UNREACHABLE: {
    exit: 3,
    meaning: '`guard serve`, `guard proxy`, `guard usage`: Valkey does not answer.',
    action: 'Start it; check `--valkey` or `ASSAY_VALKEY`.',
  },
  CLI_PROXY_UNREACHABLE: {
    exit: 3,
    meaning: '`guard usage`: no proxy answers at the socket, or this user may not open it.',
    action: 'Start the proxy with the same `--usage-socket`, and ask as the user that it runs as.',
  },
  CLI_SERVICE_START: {
    exit: 2,
    meaning:
      '`init` or `serve`: the service does not start, with a code of “Start of the service”, “Storage” or the operating system.',
    action: 'Look up that code.',
  },
  CLI_BACKUP: {
    exit: 2,
    meaning: '`backup` or `restore` was refused, with a code of “Storage”; nothing was touched.',
    action: 'Look up that code.',
  },
  CLI_TOKEN_REFUSED: {
    exit: 1,
    meaning: '`token verify`: a guard would refuse the token, with a code of “Guard: codes of the log”.',
    action: 'Look up that code.',
  },
  CLI_DOCTOR_FAULTS: {
    exit: 1,
    meaning: '`doctor` found a fault: the service is not safe to expose.',
    action: 'Fix what is marked `fault` in “Findings of assay doctor”.',
  },
  CLI_CODE_UNKNOWN: {
    exit: 2,
    meaning: '`explain`: no code has this name.',
    action: 'Run `assay explain` for a list. A newer service may have codes that this CLI does not know.',
  },
  CLI_NOTHING_FOUND: {
    exit: 1,
    meaning: '`find`: nothing that your key sees is kept under anything in the text.',
    action:
      'Have it read out or sent again. Traces of what passed are not kept, and none for longer than 30 days; references are found only where the app has `--references`.',
  },
  CLI_FAULT: {
    exit: 4,
    meaning: 'The CLI itself has a fault.',
    action: 'Report it, with the command and what `ASSAY_DEBUG=1` shows.',
  },
} as const satisfies CodeTable<{ exit: ExitCode }>

export type CliErrorCode = keyof typeof cliCodes
