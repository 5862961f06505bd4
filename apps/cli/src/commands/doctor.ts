import type { Command } from 'commander'
import type {
  Api,
  ApiKey,
  App,
  BootKeySet,
  Build,
  DevelopmentSecret,
  ServiceStatus,
  Stats,
  StoredPolicy,
  UnregisteredBuilds,
} from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { readActivity } from '../doctor/activity.ts'
import { examineBootKeys } from '../doctor/examine-boot-keys.ts'
import { examineFolder } from '../doctor/examine-folder.ts'
import { examineExpiring, readExpiring } from '../doctor/expiring-builds.ts'
import {
  examineRegistration,
  kindsWith,
  type AppRecord,
  type Registration,
} from '../doctor/examine-registration.ts'
import {
  examineDevelopment,
  examinePublicUrl,
  examineReadiness,
  examineService,
  examineUnregistered,
  examineUnserved,
  examineVendors,
  type ObservedService,
  type Readiness,
} from '../doctor/examine-service.ts'
import { unknowns } from '../doctor/unknowns.ts'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError, cliError } from '../faults/cli-error.ts'
import type { Finding, FindingLevel } from '../faults/findings.ts'
import { checkGivenPlaces, placesOf, withFolders, type PlaceOptions, type Places } from '../running/places.ts'
import { readPublished } from '../service-client/published.ts'
import { createServiceClient, type ServiceClient } from '../service-client/service-client.ts'
import { paragraph } from '../terminal/output.ts'
import { printable, type Colours } from '../terminal/terminal.ts'
import { explainToPerson } from './doctor-trace.ts'

export function addDoctorCommand(program: Command, action: Action): void {
  withFolders(program.command('doctor'))
    .description('is my service safe to expose? With a trace id: why was this device refused?')
    .argument('[trace]', 'the trace id that the app, or its log, shows beside a refusal')
    .addHelpText(
      'after',
      `${example(
        'assay doctor',
        'assay doctor --server https://attest.example.com --json',
        'assay doctor H8SGZZG7BK8JKD36W',
      )}\n\nNeeds a key of scope read, support, policy or admin. Exit code 1: there are faults, which must be fixed before others reach the service.`,
    )
    .action(
      action((context, [trace], options: PlaceOptions) =>
        trace === undefined ? examine(context, options) : explainToPerson(context, trace),
      ),
    )
}

async function examine(context: Context, options: PlaceOptions): Promise<void> {
  const places = placesOf(context, options)
  await checkGivenPlaces(options)
  const readiness = await readinessOf(context.service)
  try {
    await examineAll(context, places, readiness)
  } catch (error) {
    const isAway = error instanceof CliError && error.exitCode === exitCodes.unavailable
    if (readiness.ready || !isAway) throw error
    // Without its store the service knows no key, so it answers nothing else: what it says without one is the finding.
    const findings = examineReadiness(readiness)
    const counts = countLevels(findings)
    context.output.result({ safe: false, counts, findings, unknown: [everythingElse], service: null }, () =>
      [
        printable(`Service at ${context.server.origin}`),
        ...groupsOf(findings).map((group) => lines(group, context.output.colours)),
        bullet(everythingElse),
      ].join('\n\n'),
    )
    throw notSafe(counts.fault)
  }
}

const everythingElse = 'Everything else: the service answers no question until this is mended.'

async function examineAll(context: Context, places: Places, readiness: Readiness): Promise<void> {
  const observed = await observe(context, readiness)
  const registration = await readRegistration(context.service)
  const local = await examineFolder(places)
  const unregistered = (await context.service.get('v1/unregistered-builds')) as UnregisteredBuilds
  const noKey = () => ''
  // Loaded here: the service takes a while.
  const { neverPasses } = await import('@assay/service')
  const found = [
    ...examineService(observed),
    ...(await examinePublicUrl(observed, (url) => createServiceClient(url, noKey))),
    ...examineUnserved((await context.service.get('v1/stats?by=code&outcome=unserved')) as Stats),
    ...examineUnregistered(unregistered),
    ...(local ?? []),
    ...examineVendors(
      observed.status,
      registration.apps.map(({ activity }) => activity),
    ),
    ...examineDevelopment(
      await context.service.list<DevelopmentSecret>('v1/development-secrets', 'secrets'),
      context.clock(),
    ),
    ...examineExpiring(
      await readExpiring(
        (path) => context.service.get(path),
        registration.apps.flatMap(({ builds }) => builds),
        context.clock(),
      ),
    ),
    ...examineRegistration(registration, context.clock(), neverPasses),
    ...examineBootKeys(
      {
        apps: registration.apps.map(({ app, activity }) => ({
          ...app,
          certification: kindsWith('certified_system', activity).filter(
            (kind) => !app.optional_evidence.includes(kind),
          ),
        })),
        apis: registration.apis,
        policies: await context.service.list<StoredPolicy>('v1/policies', 'policies'),
        sets: await context.service.list<BootKeySet>('v1/boot-keys', 'sets'),
      },
      context.clock(),
    ),
  ].sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level))
  const open = unknowns(registration, { sawFolder: local !== undefined, nodes: unregistered.nodes })
  const counts = countLevels(found)
  context.output.result(
    { safe: counts.fault === 0, counts, findings: found, unknown: open, service: observed.status },
    () => describe(observed, found, open, context.output.colours),
  )
  if (counts.fault > 0) throw notSafe(counts.fault)
}

const notSafe = (faults: number) =>
  cliError('CLI_DOCTOR_FAULTS', `The service is not safe to expose: ${counted(faults, 'fault')}`, {
    hint: 'Fix what is marked "fault", then run `assay doctor` again.',
  })

async function observe({ server, service }: Context, readiness: Readiness): Promise<ObservedService> {
  const status = (await service.get('v1/service')) as ServiceStatus
  const published = await readPublished(service)
  return { server, status, published, readiness }
}

/** Asked before anything else, and without a key: the store may be what is away. */
async function readinessOf({ look }: ServiceClient): Promise<Readiness> {
  try {
    await look('readyz')
    return { ready: true }
  } catch (error) {
    if (error instanceof CliError && error.code === 'temporarily_unavailable')
      return { ready: false, reason: error.reason }
    throw error
  }
}

/** One app after the other: an operator can wait, and the service serves devices in the meantime. */
async function readRegistration(service: ServiceClient): Promise<Registration> {
  const apps: AppRecord[] = []
  for (const app of await service.list<App>('v1/apps', 'apps')) {
    const path = `v1/apps/${encodeURIComponent(app.id)}`
    const builds = await service.list<Omit<Build, 'segments'>>(`${path}/builds`, 'builds')
    apps.push({ app, builds, activity: await readActivity(service, app.id) })
  }
  return {
    apps,
    apis: await service.list<Api>('v1/apis', 'apis'),
    keys: await service.list<ApiKey>('v1/keys', 'keys'),
  }
}

const levels: readonly FindingLevel[] = ['fault', 'warning', 'note']

function countLevels(found: readonly Finding[]): Record<FindingLevel, number> {
  const count = (level: FindingLevel) => found.filter((one) => one.level === level).length
  return { fault: count('fault'), warning: count('warning'), note: count('note') }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function describe(
  { server, status }: ObservedService,
  found: readonly Finding[],
  open: readonly string[],
  colours: Colours,
): string {
  const counts = countLevels(found)
  const summary =
    counts.fault > 0
      ? colours.red('Not safe to expose')
      : counts.warning > 0
        ? colours.yellow('No faults; read the warnings')
        : colours.green('Found nothing against exposing it')
  return [
    printable(`Service at ${server.origin}, public URL ${status.public_url}, ${status.store}`),
    ...groupsOf(found).map((group) => lines(group, colours)),
    [colours.bold('What cannot be determined from here:'), ...open.map((one) => bullet(one))].join('\n'),
    `${summary}: ${levels.map((level) => counted(counts[level], level)).join(', ')}.`,
  ].join('\n\n')
}

/** Findings of one code that are shown; `--json` has all. */
const mostShown = 5

/** Findings of one code are grouped at the place of the first one. */
function groupsOf(found: readonly Finding[]): [Finding, ...Finding[]][] {
  const groups = new Map<string, [Finding, ...Finding[]]>()
  for (const one of found) {
    const group = groups.get(one.code)
    if (group === undefined) groups.set(one.code, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

function lines(group: readonly [Finding, ...Finding[]], colours: Colours): string {
  const [{ level, code }] = group
  const paint = { fault: colours.red, warning: colours.yellow, note: colours.cyan }[level]
  const more = group.length - mostShown
  return [
    `${paint(level.padEnd(7))}  ${colours.dim(code)}`,
    ...group
      .slice(0, mostShown)
      .flatMap(({ meaning, action }) => [paragraph(meaning, indent), paragraph(`Do: ${action}`, indent)]),
    ...(more > 0 ? [paragraph(`… and ${more} more of this kind: --json shows all.`, indent)] : []),
  ].join('\n')
}

const indent = ' '.repeat(9)

function bullet(text: string): string {
  return `  - ${paragraph(text, '    ').trimStart()}`
}
