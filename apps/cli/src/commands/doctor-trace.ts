import { readTraceId, traceInGroups } from '@assay/protocol'
import type { ShownTrace } from '@assay/protocol/schemas'
import type { Context } from '../command-line/context.ts'
import { explainTrace, scopeInWords, type TraceExplanation } from '../doctor/explain-trace.ts'
import { readTraceRecord } from '../doctor/read-trace-record.ts'
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
  const trace = readTraceId(id)
  if (trace === undefined) {
    throw usageError(
      'CLI_USAGE',
      'This is not a trace id: 17 letters and digits in any case and spacing, of which the last checks the others',
      'A character may be wrong or missing: have it read out again. Answers carry it in the field Assay-Trace; SDKs show it as `trace` of their error. `assay find` also takes other things, with words around them.',
    )
  }
  return (await get(`v1/attestations/${trace}`)) as ShownTrace
}

/** Explains why a device was refused. */
export async function explainToPerson(context: Context, id: string): Promise<void> {
  const { service } = context
  const record = await readTraceRecord(service, await readTrace(service, id), isMissing)
  const explained = explainTrace(record, explanationOf)
  context.output.result(explained, () => describe(explained, context.output.colours, context.clock()))
}

/** App or build may have been removed in the meantime. */
const isMissing = (error: unknown): boolean =>
  error instanceof CliError && error.exitCode === exitCodes.refused && error.code.endsWith('_not_found')

const happened: Readonly<Record<TraceExplanation['trace']['outcome'], string>> = {
  denied: 'was refused',
  malfunction: 'met a malfunction',
  hearsay: 'reported (unsigned) an earlier failure',
}

function describe(explained: TraceExplanation, { bold, red }: Colours, now: number): string {
  const { trace, explanation } = explained
  const what = happened[trace.outcome]
  return [
    `Trace ${traceInGroups(trace.trace)}\n${printable(`${trace.app}, build ${trace.build}, ${what} ${relative(Date.parse(trace.at), now)}`)}: ${red(printable(trace.code))}`,
    `${bold('What it means')}\n${paragraph(explanation.meaning, '  ')}`,
    `${bold('What to do')}\n${paragraph(explanation.action, '  ')}`,
    ...(explained.appraisal === null ? [] : [appraisalPart(explained.appraisal, trace.code, bold)]),
    `${bold('This device, or all?')}\n${paragraph(whoIsConcerned(explained, now), '  ')}`,
    ...(explained.segments.length === 0 ? [] : [`${bold('What differs')}\n${segmentTable(explained)}`]),
    ...(explained.bytes_of === null ? [] : [paragraph(matchingBuild(explained.bytes_of), '  ')]),
    ...(explained.app === null ? [] : [`${bold('The app')}\n${appLines(explained.app)}`]),
    `${bold('The build')}\n${buildLines(explained, now)}`,
    ...(trace.may_read_all ? [] : [paragraph(unseen, '')]),
    ...(explained.other_builds.length === 0
      ? []
      : [`${bold('Other builds of the app')}\n${otherBuilds(explained, now)}`]),
    `${bold('APIs that the app may call')}\n${apiTable(explained)}`,
    ...(explained.explanation.section === ''
      ? []
      : [`docs/errors.md says more, under "${explained.explanation.section}".`]),
  ].join('\n\n')
}

/** Instead of words that would say that there is nothing. */
const unseen =
  'Your key does not see the rest of this build, other builds of the app, and how often which code refused it: a key of scope read does.'

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
  const { scope, trace, refusals } = explained
  const counts = refusals.map(({ count, code }) => `${code} ${timesInWords(count)}`).join(', ')
  const lately = counts === '' ? '' : ` In the last 7 days it was refused: ${counts}.`
  const passed = seen(trace.registered_build?.last_seen_at ?? null, now)
  return scopeInWords(explained, passed) + (scope === 'service' ? '' : lately)
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
      if (registered === undefined) return [name, '-', 'your key does not see this']
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

function buildLines({ build, trace: { registered_build: known } }: TraceExplanation, now: number): string {
  if (known === null) return '  It is not registered, or no longer registered.'
  const lines = [
    ['  state', known.state],
    ['  version', `${known.version_name ?? '-'} (${known.version_code})`],
    ['  registered', `${known.created_at} (${relative(Date.parse(known.created_at), now)})`],
    ['  last passed', seen(known.last_seen_at, now)],
  ] as const
  if (build === null) return fields(lines)
  return fields([
    ...lines,
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

function apiTable({ trace: { apis }, app }: TraceExplanation): string {
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
