import { createHash } from 'node:crypto'
import { Option, type Command } from 'commander'
import {
  admissibleTiers,
  isAudience,
  platforms,
  tokenKinds,
  type AdmissibleTier,
  type Platform,
  type TokenKind,
  isJsonObject,
  readConfirmationThumbprint,
  readPublicJwk,
  thumbprintInput,
  type JsonObject,
  type JsonValue,
} from '@assay/protocol'
import { example, type Action } from '../command-line/arguments.ts'
import { defaultServer, type Context } from '../command-line/context.ts'
import { readStandardInput } from '../command-line/standard-input.ts'
import type { CliError } from '../faults/cli-error.ts'
import { cliError, usageError } from '../faults/cli-error.ts'
import { readPublished } from '../service-client/published.ts'
import { duration, relative } from '../terminal/durations.ts'
import { fields, paragraph } from '../terminal/output.ts'
import {
  isTime,
  judgeToken,
  kindOf,
  tokenFaults,
  type TokenFault,
  type TokenJudgement,
} from './judge-token.ts'

export function addTokenCommands(program: Command, action: Action): void {
  const token = program.command('token').description('tokens that apps send to APIs')
  token
    .command('example')
    .description('make a token for tests of your own API, by keys made for it: no service, no device')
    .requiredOption('--app <id>', 'the app')
    .addOption(new Option('--tier <tier>', 'its tier').choices(admissibleTiers).makeOptionMandatory())
    .option('--audience <url>', 'the API that it is for (default: http://127.0.0.1:3000)')
    .option('--issuer <url>', `issuer of the guard (default: ${defaultServer})`)
    .addOption(new Option('--platform <platform>', 'default: web').choices(platforms))
    .option('--build <id>', 'default: example')
    .addOption(new Option('--token <kind>', 'default: attestation').choices(tokenKinds))
    .addHelpText(
      'after',
      `${example('assay token example --app com.example.app --tier warning > example.json')}\n\nThe document holds token, jwks (for the guard of the test) and holder, the private key for the proofs.\nNo guard takes it but one that is given this very jwks.`,
    )
    .action(action((context, _args, options: ExampleOptions) => showExample(context, options)))
  token
    .command('verify')
    .description('verify a token with the keys of the service, and explain its claims')
    .argument('<token>', 'the token, or - to read it from standard input, which keeps it out of the history')
    .option('--audience <url>', 'the API that it must be for')
    .addHelpText(
      'after',
      `${example(
        'assay token verify - --audience https://api.example.com < token.txt',
        'assay token verify - --server https://attest.example.com --json < token.txt',
      )}\n\nNeeds no API key. Exit code 1: the token would be refused. The token itself is never printed.`,
    )
    .action(
      action((context, [token], options: { audience?: string }) =>
        verify(context, token as string, options.audience),
      ),
    )
}

interface ExampleOptions {
  app: string
  tier: AdmissibleTier
  audience?: string
  issuer?: string
  platform?: Platform
  build?: string
  token?: TokenKind
}

async function showExample({ output, clock }: Context, options: ExampleOptions): Promise<void> {
  const { app, tier, platform = 'web', build = 'example', token: kind = 'attestation' } = options
  const { audience = 'http://127.0.0.1:3000', issuer = defaultServer } = options
  for (const url of [audience, issuer])
    if (!isAudience(url)) throw usageError('CLI_USAGE', 'An audience or issuer is no URL in its normal form')
  if (kind === 'access' && tier === 'contraindicated')
    throw usageError('CLI_USAGE', 'No access token has the tier contraindicated')
  const { makeExampleToken } = await import('./example-token.ts')
  const now = Math.floor(clock() / 1000)
  const made = await makeExampleToken({ issuer, app, audience, kind, tier, platform, build, now })
  output.result(made, () => JSON.stringify(made, null, 2))
}

async function verify(context: Context, given: string, audience: string | undefined): Promise<void> {
  const token = await readToken(context, given)
  const { issuer, jwks } = await readPublished(context.service)
  const now = context.clock() / 1000
  const judgement = await judgeToken(token, { jwks, issuer, audience, now })
  const { authentic, faults, header, claims } = judgement
  const explained = faults.map((code) => ({ code, meaning: tokenFaults[code] }))
  context.output.result({ good: faults.length === 0, authentic, faults: explained, header, claims }, () =>
    describe(context, judgement, audience),
  )
  if (faults.length > 0) throw refusal(faults)
}

async function readToken(context: Context, given: string): Promise<string> {
  const text = (given === '-' ? await readStandardInput(context, 'the token') : given).trim()
  if (text === '') throw usageError('CLI_USAGE', 'There is no token', 'Pipe it to the command, or name it.')
  if (text.split('.').length === 5) {
    throw usageError(
      'CLI_USAGE',
      'This is an encrypted token (JWE): only the API that it is for can read it',
      'Decrypt it there, and verify what is inside.',
    )
  }
  return text
}

/** One error for all faults: the first determines the guard's answer. */
function refusal(faults: readonly TokenFault[]): CliError {
  const [first, ...others] = faults
  const more =
    others.length === 0 ? '' : `, and for ${others.length} more reason${others.length > 1 ? 's' : ''}`
  return cliError('CLI_TOKEN_REFUSED', `A guard would refuse this token: ${String(first)}${more}`, {
    hint: 'docs/errors.md says under "Guard: codes of the log" what to do about each code.',
  })
}

function describe(context: Context, judgement: TokenJudgement, audience: string | undefined): string {
  const { authentic, faults, header, claims } = judgement
  const { green, red, bold } = context.output.colours
  const parts: string[] = []
  if (faults.length === 0) {
    parts.push(green(`The token is valid${audience === undefined ? '' : ' for this API'}.`))
  } else {
    const reasons = faults.map((code) => `${paragraph(code, '  ')}\n${paragraph(tokenFaults[code], '    ')}`)
    parts.push(`${red('The token would be refused:')}\n${reasons.join('\n')}`)
  }
  if (Object.keys(claims).length > 0) {
    const heading = authentic ? 'It says:' : 'It says the following. None of it is verified: do not trust it.'
    parts.push(`${bold(heading)}\n${claimLines(header, claims, context.clock())}`)
  }
  if (faults.length === 0 && audience === undefined) {
    parts.push('Whether it is for the right API was not checked: pass --audience URL.')
  }
  return parts.join('\n\n')
}

function claimLines(header: JsonObject, claims: JsonObject, now: number): string {
  const { sub, client_id, build, platform, ear_status: tier, aud, iss, iat, exp, cnf, jti } = claims
  const isAccess = kindOf(header) === 'access'
  const mode = isAccess ? (cnf === undefined ? 'bearer' : 'bound') : claims['mode']
  return fields([
    ['kind', isAccess ? 'access token, in Authorization' : 'attestation token, in OAuth-Client-Attestation'],
    ['app', `${text(isAccess ? client_id : sub)}, build ${text(build)}, ${text(platform)}`],
    ['tier', text(tier)],
    ['for', text(aud)],
    ['issued by', text(iss)],
    ['issued', moment(iat, now)],
    ['expires', moment(exp, now)],
    ['lifetime', isTime(iat) && isTime(exp) ? duration(exp - iat) : '-'],
    ['mode', modeInWords(mode)],
    ['holder', holder(claims)],
    ['installation', text(isAccess ? sub : claims['installation'])],
    ['token id', text(jti)],
    ['signed with', `${text(header.alg)}, key ${text(header.kid)}`],
  ])
}

const longestShown = 256

/** A claim that may have any form, since nobody has checked it yet. */
function text(value: JsonValue | undefined): string {
  if (value === undefined) return '-'
  const shown = typeof value === 'string' ? value : JSON.stringify(value)
  return shown.length > longestShown ? `${shown.slice(0, longestShown)}…` : shown
}

const latestDate = 8_640_000_000_000

function moment(seconds: JsonValue | undefined, now: number): string {
  if (!isTime(seconds) || seconds > latestDate) return text(seconds)
  return `${new Date(seconds * 1000).toISOString()} (${relative(seconds * 1000, now)})`
}

function modeInWords(mode: JsonValue | undefined): string {
  if (mode === 'bound') return 'bound: each request needs a proof by the key of its holder'
  if (mode === 'bearer') return 'bearer: anyone who has it can use it'
  return text(mode)
}

function holder({ cnf, holder_key: kind }: JsonObject): string {
  const thumbprint = readConfirmationThumbprint(cnf) ?? thumbprintOf(cnf)
  if (thumbprint === undefined) return '-'
  return `P-256 key with thumbprint ${thumbprint}${kind === undefined ? '' : ` (${text(kind)})`}`
}

function thumbprintOf(cnf: JsonValue | undefined): string | undefined {
  const read = readPublicJwk(isJsonObject(cnf) ? cnf.jwk : undefined)
  return read.ok ? createHash('sha256').update(thumbprintInput(read.jwk)).digest('base64url') : undefined
}
