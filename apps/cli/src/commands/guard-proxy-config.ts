import { readFileSync } from 'node:fs'
import { checkForm, readConfig, type ConfigForm } from '@assay/proxy'
import { fileUnreadable, usageError } from '../faults/cli-error.ts'

/** What the command line says in place of a configuration file. */
export interface ProxyFlags {
  issuer?: string
  audience?: string
  app?: string[]
  tier?: string[]
  tokenKind?: string
  mode?: string
  publicBaseUrl?: string
  statusList?: true
  nonces?: true
  trustedProxy?: string[]
  origin?: string[]
  upstream?: string
  inject?: string[]
  route?: string[]
}

/** @throws CliError `CLI_FILE_UNREADABLE`; ProxyConfigError */
export function configInFile(file: string): ConfigForm {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw fileUnreadable(file, cause)
  }
  return readConfig(text)
}

/** One upstream with one kind of caller. @throws CliError `CLI_USAGE`; ProxyConfigError */
export function configInFlags(flags: ProxyFlags): ConfigForm {
  const { route: routes = [], inject = [] } = flags
  if (routes.length === 0)
    throw usageError('CLI_USAGE', 'There is neither a configuration file nor a --route')
  const injected = injectedBy(inject)
  return checkForm(
    withoutUndefined({
      issuer: flags.issuer,
      audience: flags.audience,
      apps: flags.app,
      tiers: flags.tier,
      token_kind: flags.tokenKind,
      mode: flags.mode,
      public_base_url: flags.publicBaseUrl,
      status_list: flags.statusList,
      nonces: flags.nonces,
      trusted_proxies: flags.trustedProxy,
      origins: flags.origin,
      routes: routes.map((text, at) => ({
        name: `route-${at + 1}`,
        ...routeOf(text),
        upstream: flags.upstream,
        inject: injected,
      })),
    }),
  )
}

function routeOf(text: string): { methods: string[]; path: string } {
  const [, methods = '', path = ''] = /^([A-Z]+(?:,[A-Z]+)*) (\/\S*)$/.exec(text) ?? []
  if (path === '')
    throw usageError('CLI_USAGE', '--route must be a method and a path', "As in --route 'POST /v1/messages'.")
  return { methods: methods.split(','), path }
}

type Sources = Record<string, Record<string, string>>

/** Never a value: command lines are visible to every user of the machine. The texts are not repeated, should one hold a secret. */
function injectedBy(texts: readonly string[]): { fields: Sources; query: Sources } {
  const fields: Sources = {}
  const query: Sources = {}
  for (const text of texts) {
    const [, field, parameter, prefix = '', kind, where = ''] =
      /^(?:([^?:\s]+):\s*|\?([^=\s]+)=)([^@$]*)([@$])(\S+)$/.exec(text) ?? []
    if (kind === undefined)
      throw usageError(
        'CLI_USAGE',
        '--inject must name a field or a query parameter, and a file or a variable',
        "As in --inject 'Authorization: Bearer @/run/secrets/key' or --inject '?key=$API_KEY'. The secret itself never stands on a command line.",
      )
    const all = field === undefined ? query : fields
    const name = field ?? parameter ?? ''
    if (Object.hasOwn(all, name)) throw usageError('CLI_USAGE', '--inject names a field or parameter twice')
    all[name] = {
      [kind === '@' ? 'file' : 'environment']: where,
      ...(prefix === '' ? {} : { prefix }),
    }
  }
  return { fields, query }
}

function withoutUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}
