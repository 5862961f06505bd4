import { setTimeout } from 'node:timers/promises'
import { decodeCompactJws, type TokenClaims } from '@assay/protocol'
import type { AndroidPhone } from '@assay/testkit'
import type { AndroidWorld, InstalledFiles } from '../android/world.ts'
import type { PhoneProgram, Reply } from '../program/phone-program.ts'

/** What scenarios act on. */
export interface Stage {
  readonly world: AndroidWorld
  /** A process that scenarios share, unless they need their own. */
  readonly program: PhoneProgram
  /** Another process of the same SDK. */
  start(): Promise<PhoneProgram>
}

/** A story of one phone. Its name is stable: other tables point to it. */
export interface Scenario {
  readonly name: string
  /** @throws Error that names the difference from the expectation */
  play(stage: Stage): Promise<void>
}

export interface PhoneOptions {
  readonly name: string
  /** Default: a genuine Pixel with its own key. */
  readonly hardware?: AndroidPhone
  /** The answer of its key store instead of a chain. */
  readonly fault?: string
  readonly build?: string
  /** Default: the registered one. */
  readonly apk?: Buffer
  /** Instead of one APK. */
  readonly files?: InstalledFiles
  readonly attestsKey?: boolean
  /** Base URL to audience. Default: the API of the app. */
  readonly audiences?: Readonly<Record<string, string>>
  /** Default: DPoP. */
  readonly proof?: 'attestation-pop'
  /** Default: the registered one. */
  readonly app?: string
  /** In place of a measurement. */
  readonly developmentSecret?: string
  /** What the app's configuration says of the ABI. Default: `auto`. */
  readonly abi?: string
  /** What the probes find. */
  readonly states?: readonly string[]
  /** Paths of files that are mapped as code, besides those of every app. */
  readonly mapped?: readonly string[]
}

/** What starts a phone, in any process: starting it again after the process ended is the same installation. */
export async function describePhone(world: AndroidWorld, options: PhoneOptions) {
  const { name, hardware = world.phones.pixel(), fault, build = world.build, attestsKey = true } = options
  return {
    do: 'start',
    phone: name,
    ...(await world.folderOf(name, options.files ?? (options.apk && { base: options.apk }))),
    abis: ['arm64-v8a', 'armeabi-v7a'],
    key_mint: world.keyMint.urlOf(hardware, fault),
    endpoints: [world.relay.url],
    app: options.app ?? world.app,
    states: options.states ?? [],
    mapped: options.mapped ?? [],
    development_secret: options.developmentSecret,
    build,
    audiences: options.audiences ?? { [world.api.url]: world.api.url },
    ...(options.proof && { proof: options.proof }),
    attests_key: attestsKey,
    abi: options.abi ?? 'auto',
    // A machine that has other work to do must not make it ask twice.
    timeout: 60_000,
  }
}

/** A phone in the shared process: what it is asked goes to it. @param kept what it has of an earlier installation */
export async function startPhone(
  { world, program }: Stage,
  options: PhoneOptions,
  kept: { folder?: string; key_mint?: string } = {},
) {
  const described = { ...(await describePhone(world, options)), ...kept }
  mustSucceed(await program.ask(described))
  return {
    described,
    ask: (what: string, more: object = {}) => program.ask({ do: what, phone: options.name, ...more }),
    events: () => program.events.filter(({ phone }) => phone === options.name),
  }
}

/** Milliseconds to wait for what a phone reports by itself: it has no place in the order of replies. */
const longestWait = 60_000

/** What `read` finds in a phone's reports, once it is there. @throws Error if it does not come, saying `missing` */
export async function reportedBy<Found>(
  { events }: Pick<Awaited<ReturnType<typeof startPhone>>, 'events'>,
  read: (events: PhoneProgram['events']) => Found | undefined,
  missing: string,
): Promise<Found> {
  const until = performance.now() + longestWait
  for (;;) {
    const found = read(events())
    if (found !== undefined) return found
    must(performance.now() < until, missing)
    await setTimeout(5)
  }
}

export function must(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

export function mustSucceed(reply: Reply): Reply {
  must(reply.error === undefined, `failed: ${JSON.stringify(reply)}`)
  return reply
}

export function mustFail(reply: Reply, code: string): void {
  must(reply.error === code, `wanted ${code}, was ${JSON.stringify({ ...reply, token: undefined })}`)
}

/** Why a phone was refused: the operator's code of a denial, the service's of a request, or the SDK's. */
export async function codeOf({ world }: Stage, reply: Reply): Promise<string> {
  const { error, problem, trace } = reply as { error: string; problem?: string; trace?: string }
  if (error === 'attestation_denied' && trace !== undefined)
    return (await world.codeOf(trace)) ?? 'TRACE_UNKNOWN'
  return problem ?? `sdk:${error}`
}

/** Claims of the token in a reply. */
export function claimsOf(reply: Reply): TokenClaims {
  const { token } = mustSucceed(reply)
  const decoded = decodeCompactJws(token as string)
  must(decoded !== undefined, 'the token is no JWS')
  return decoded.payload as unknown as TokenClaims
}

/** What names a key. */
export function keyOf(reply: Reply): string {
  return JSON.stringify(claimsOf(reply).cnf.jwk)
}
