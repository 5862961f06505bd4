import { traceIdPattern } from '@assay/protocol'
import type { Api, App, Build, BuildSummary, ShownTrace } from '@assay/protocol/schemas'
import type { Context } from '../command-line/context.ts'
import { readActivity } from '../doctor/activity.ts'
import {
  explainTrace,
  scopeInWords,
  type TraceExplanation,
  type TraceRecord,
} from '../doctor/explain-trace.ts'
import { readRecent } from '../doctor/recent.ts'
import type { TraceAppraisal } from '../doctor/read-ear.ts'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError, usageError } from '../faults/cli-error.ts'
import { explanationOf } from '../faults/explanations.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import { relative, timesInWords } from '../terminal/durations.ts'
import { bytes, fields, paragraph, table } from '../terminal/output.ts'
import { printable, type Colours } from '../terminal/terminal.ts'
import { evidenceInWords } from './app-evidence.ts'
import { policyOf } from '../doctor/policy-of.ts'

/** @throws CliError when it does not have the form of a trace id */
export async function readTrace({ get }: ServiceClient, id: string): Promise<ShownTrace> {
  const trace = id.trim()
  if (!traceIdPattern.test(trace)) {
    throw usageError(
      'CLI_USAGE',
      'This is not a trace id: 22 letters, digits, - and _, the first a letter',
      'Every answer of the service carries it in the field Assay-Trace; SDKs show it as `trace` of their error.',
    )
  }
  return (await get(`v1/attestations/${trace}`)) as ShownTrace
}

/** Explains why a device was refused. */
export async function explainToPerson(context: Context, id: string): Promise<void> {
  const explained = explainTrace(await readRecord(context.service, id, context.clock()), explanationOf)
  context.output.result(explained, () => describe(explained, context.output.colours, context.clock()))
}

async function readRecord(service: ServiceClient, id: string, now: number): Promise<TraceRecord> {
  const trace = await readTrace(service, id)
  const path = `v1/apps/${encodeURIComponent(trace.app)}`
  const app = await ifThere(service.get(path) as Promise<App>)
  const build = service.get(`${path}/builds/${encodeURIComponent(trace.build)}`) as Promise<Build>
  // The service writes down what a key may not see: it is asked for that once.
  if (await isOutOfScope(build))
    return { trace, app, build: undefined, builds: [], apis: [], activity: undefined, recent: undefined }
  return {
    trace,
    app,
    build: await ifThere(build),
    builds:
      app === undefined
        ? []
        : ((await ifThere(service.list<BuildSummary>(`${path}/builds`, 'builds'))) ?? []),
    apis: (await ifThere(service.list<Api>('v1/apis', 'apis'))) ?? [],
    activity: await ifThere(readActivity(service, trace.app)),
    recent: app === undefined ? undefined : await ifThere(readRecent(service.get, trace, now)),
  }
}

/** A key for support sees its apps, their installations and traces. */
async function isOutOfScope(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer
    return false
  } catch (error) {
    return error instanceof CliError && error.code === 'scope_insufficient'
  }
}

/** App or build may have been removed in the meantime; and a key for support does not see other apps. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (
      error instanceof CliError &&
      error.exitCode === exitCodes.refused &&
      (error.code.endsWith('_not_found') || error.code === 'scope_insufficient')
    ) {
      return undefined
    }
    throw error
  }
}

const happened: Readonly<Record<TraceExplanation['trace']['outcome'], string>> = {
  denied: 'was refused',
  malfunction: 'met a malfunction',
  hearsay: 'reported (unsigned) an earlier failure',
}

function describe(explained: TraceExplanation, { bold, red }: Colours, now: number): string {
  const { trace, explanation } = explained
  const what = happened[trace.outcome]
  return [
    `${printable(`${trace.app}, build ${trace.build}, ${what} ${relative(Date.parse(trace.at), now)}`)}: ${red(printable(trace.code))}`,
    `${bold('What it means')}\n${paragraph(explanation.meaning, '  ')}`,
    `${bold('What to do')}\n${paragraph(explanation.action, '  ')}`,
    ...(explained.appraisal === null ? [] : [appraisalPart(explained.appraisal, trace.code, bold)]),
    `${bold('This device, or all?')}\n${paragraph(whoIsConcerned(explained, now), '  ')}`,
    ...(explained.segments.length === 0 ? [] : [`${bold('What differs')}\n${segmentTable(explained)}`]),
    ...(explained.bytes_of === null ? [] : [paragraph(matchingBuild(explained.bytes_of), '  ')]),
    ...(explained.app === null ? [] : [`${bold('The app')}\n${appLines(explained.app)}`]),
    `${bold('The build')}\n${buildLines(explained, now)}`,
    ...(explained.other_builds.length === 0
      ? []
      : [`${bold('Other builds of the app')}\n${otherBuilds(explained, now)}`]),
    `${bold('APIs that the app may call')}\n${apiTable(explained)}`,
    ...(explained.explanation.section === ''
      ? []
      : [`docs/errors.md says more, under "${explained.explanation.section}".`]),
  ].join('\n\n')
}

function appraisalPart(
  { tier, policies, reasons }: TraceAppraisal,
  explainedAlready: string,
  bold: Colours['bold'],
): string {
  const explained = reasons.map(({ code, meaning, action }) => {
    if (code === explainedAlready) return paragraph(`${code}, as above`, '  ')
    return [paragraph(code, '  '), paragraph(meaning, '    '), paragraph(`Do: ${action}`, '    ')].join('\n')
  })
  return [
    bold('How it was appraised'),
    paragraph(`Tier ${tier}, by policy ${policies.join('; ')}, for these reasons, the gravest first:`, '  '),
    ...explained,
  ].join('\n')
}

function whoIsConcerned(explained: TraceExplanation, now: number): string {
  const { scope, last_seen_at, refusals } = explained
  const counts = refusals.map(({ count, code }) => `${code} ${timesInWords(count)}`).join(', ')
  const lately = counts === '' ? '' : ` In the last 7 days it was refused: ${counts}.`
  return scopeInWords(explained, seen(last_seen_at, now)) + (scope === 'service' ? '' : lately)
}

function seen(time: string | null, now: number): string {
  return time === null ? 'never' : `about ${relative(Date.parse(time), now)}`
}

function matchingBuild(id: string): string {
  return `The bytes are those of build ${id}: a page of one build found the files of another, as it does when it was opened before a deploy.`
}

function segmentTable({ segments }: TraceExplanation): string {
  return table(
    ['SEGMENT', 'KIND', 'REGISTERED WITH'],
    segments.map(({ name, registered }) => {
      if (registered !== null) {
        return [name, registered.kind, `${bytes(registered.length)}, ${registered.sha256.slice(0, 16)}…`]
      }
      return name.startsWith('live:')
        ? [name, 'function', 'the SDK as the engine shows it']
        : [name, '-', 'not registered']
    }),
  )
}

function appLines(app: NonNullable<TraceExplanation['app']>): string {
  return fields([
    ['  evidence', ['software measurement', ...evidenceInWords(app)].join('; ')],
    ['  policy', policyOf(app)],
  ])
}

function buildLines({ build, last_seen_at }: TraceExplanation, now: number): string {
  if (build === null) return '  It is not registered, or no longer registered.'
  return fields([
    ['  state', build.state],
    ['  version', `${build.version_name ?? '-'} (${build.version_code})`],
    ['  registered', `${build.created_at} (${relative(Date.parse(build.created_at), now)})`],
    ['  last passed', seen(last_seen_at, now)],
    ['  framework', `${build.framework}, SDK ${build.sdk ?? 'not found'}`],
    ['  coverage', build.coverage],
    ['  debuggable', build.debuggable ? 'yes' : 'no'],
    ['  warnings', build.warnings.join(', ') || 'none'],
  ])
}

function otherBuilds({ other_builds: builds }: TraceExplanation, now: number): string {
  return table(
    ['BUILD', 'STATE', 'VERSION CODE', 'LAST PASSED'],
    builds.map((build) => [build.id, build.state, String(build.version_code), seen(build.last_seen_at, now)]),
  )
}

function apiTable({ apis, app }: TraceExplanation): string {
  if (apis.length === 0) return '  None.'
  return table(
    ['API', 'ACCEPTS', 'ENFORCEMENT', 'POLICY'],
    apis.map(({ audience, tiers, enforcement, policy }) => [
      audience,
      tiers.join(' '),
      enforcement,
      policy ?? (app === null ? '-' : policyOf(app)),
    ]),
  )
}
