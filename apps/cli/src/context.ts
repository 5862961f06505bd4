import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { usageError } from './cli-error.ts'
import { createOutput, type Output, type Streams } from './output.ts'
import { createServiceClient, type ServiceClient } from './service-client.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every command is given. */
export interface Context {
  output: Output
  service: ServiceClient
  env: Environment
}

interface GlobalOptions {
  server?: string
  apiKeyFile?: string
  json?: boolean
}

export const defaultServer = 'http://127.0.0.1:8787'

/** Reads the global options; the API key only when a command needs it. */
export function contextOf(command: Command, streams: Streams, env: Environment): Context {
  const options = command.optsWithGlobals<GlobalOptions>()
  return {
    output: createOutput(streams, options.json === true),
    service: createServiceClient(serverUrl(options.server ?? env.ASSAY_URL ?? defaultServer), () =>
      readApiKey(options, env),
    ),
    env,
  }
}

function serverUrl(text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw usageError(
      'CLI_USAGE',
      `--server is not an http or https URL`,
      `Example: --server ${defaultServer}`,
    )
  }
  return new URL(text.endsWith('/') ? text : `${text}/`)
}

/** Never a flag: command lines are visible to every user of the machine. */
function readApiKey(options: GlobalOptions, env: Environment): string {
  const file = options.apiKeyFile ?? env.ASSAY_API_KEY_FILE
  const key = file === undefined ? env.ASSAY_API_KEY : readKeyFile(file)
  if (key === undefined || key.trim() === '') {
    throw usageError(
      'CLI_NO_API_KEY',
      'No API key is given',
      'Set ASSAY_API_KEY, or pass --api-key-file FILE.',
    )
  }
  return key.trim()
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw usageError('CLI_FILE_UNREADABLE', 'The API key file cannot be read', 'Check --api-key-file.', cause)
  }
}
