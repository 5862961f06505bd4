import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { usageError } from '../faults/cli-error.ts'
import { fileFault } from '../faults/file-fault.ts'
import { createServiceClient, isLoopback, type ServiceClient } from '../service-client/service-client.ts'
import { createOutput, type Output } from '../terminal/output.ts'
import type { Environment, Streams } from '../terminal/terminal.ts'

/** What every command gets. */
export interface Context {
  output: Output
  /** Address of the service, with a slash at its end. */
  server: URL
  service: ServiceClient
  env: Environment
  stdin: Streams['in']
  /** Milliseconds since 1970. */
  clock: () => number
}

interface GlobalOptions {
  server?: string
  apiKeyFile?: string
  json?: boolean
  insecure?: boolean
}

export const defaultServer = 'http://127.0.0.1:8787'

/** Reads the global options, and the API key only when a command needs it. */
export function contextOf(command: Command, streams: Streams, env: Environment): Context {
  const options = command.optsWithGlobals<GlobalOptions>()
  const output = createOutput(streams, env, options.json === true)
  const server = serverUrl(options.server ?? nonEmpty(env.ASSAY_URL) ?? defaultServer)
  return {
    output,
    server,
    service: createServiceClient(server, () => apiKeyFor(server, options, env, output)),
    env,
    stdin: streams.in,
    clock: Date.now,
  }
}

function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      'CLI_USAGE',
      '--server (or ASSAY_URL) is not an http or https URL',
      `Example: --server ${defaultServer}`,
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw usageError(
      'CLI_USAGE',
      '--server (or ASSAY_URL) has a user, query or fragment',
      'Give scheme, host, port and path only; the API key goes into ASSAY_API_KEY.',
    )
  }
  return url.pathname.endsWith('/') ? url : new URL(`${url.href}/`)
}

function apiKeyFor(server: URL, options: GlobalOptions, env: Environment, output: Output): string {
  const key = readApiKey(options, env)
  if (server.protocol === 'http:' && !isLoopback(server)) {
    if (options.insecure !== true)
      throw usageError(
        'CLI_INSECURE',
        `The API key would go to ${server.host} unencrypted`,
        'Use https, or an SSH tunnel to loopback. In a network that you trust, pass --insecure.',
      )
    output.warn(`the API key goes to ${server.host} unencrypted: anyone who listens can use it. Use https.`)
  }
  return key
}

/** Never a flag: command lines are visible to every user of the machine. */
function readApiKey(options: GlobalOptions, env: Environment): string {
  const file = options.apiKeyFile ?? nonEmpty(env.ASSAY_API_KEY_FILE)
  // The one that was forgotten may allow more than the one that was meant.
  if (options.apiKeyFile === undefined && file !== undefined && nonEmpty(env.ASSAY_API_KEY) !== undefined)
    throw usageError(
      'CLI_USAGE',
      'ASSAY_API_KEY and ASSAY_API_KEY_FILE are both set',
      'Unset one of them, or name the file with --api-key-file.',
    )
  const key = (file === undefined ? env.ASSAY_API_KEY : readKeyFile(file))?.trim() ?? ''
  if (key === '') {
    throw usageError(
      'CLI_NO_API_KEY',
      file === undefined ? 'No API key is given' : 'The API key file is empty',
      'Set ASSAY_API_KEY to the key that `assay init` or `assay key add` showed, or pass --api-key-file FILE.',
    )
  }
  // Anything else could not be sent in a header field, and is not a key that the service made.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw usageError(
      'CLI_NO_API_KEY',
      'The API key is not one line of printable characters',
      'Give only the key, as `assay init` or `assay key add` showed it.',
    )
  }
  return key
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw usageError(
      'CLI_FILE_UNREADABLE',
      `The API key file ${file} cannot be read${fileFault(cause, file)}`,
      'Check --api-key-file or ASSAY_API_KEY_FILE, and the permissions of the file.',
      cause,
    )
  }
}

/** An empty variable counts as not set. */
export function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value
}
