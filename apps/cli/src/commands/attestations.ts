import { Option, type Command } from 'commander'
import type { AttestationTrace, ListedTrace, ShownTrace } from '@assay/protocol/schemas'
import { between, example, integer, span, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { claimsInWords, readEar } from '../doctor/read-ear.ts'
import { explanationOf } from '../faults/explanations.ts'
import { fields, table } from '../terminal/output.ts'
import { saidInWords, vouchedInWords } from './device-in-words.ts'
import { readTrace } from './doctor-trace.ts'
import { addWatchCommand } from './watch.ts'

interface ListOptions {
  app?: string
  build?: string
  code?: string
  key?: string
  outcome?: string
  /** Seconds. */
  since?: number
  /** Seconds. */
  until?: number
  limit: number
}

export function addAttestationCommands(program: Command, action: Action, signals: NodeJS.EventEmitter): void {
  const attestation = program
    .command('attestation')
    .description('live outcomes, and why a device was refused')
  attestation
    .command('list')
    .description('list the refusals, malfunctions and reports that are kept, the newest first')
    .option('--app <id>', 'only of this app')
    .option('--build <id>', 'only of this build')
    .option('--code <code>', 'only with this code')
    .option('--key <thumbprint>', 'only of the installation with this key')
    .addOption(
      new Option(
        '--outcome <outcome>',
        'only those that ended so; hearsay is what SDKs report, unsigned',
      ).choices(['denied', 'malfunction', 'hearsay']),
    )
    .option('--since <time>', 'how far back, such as 90m, 24h or 7d', span)
    .option('--until <time>', 'and up to when: as long ago as this', span)
    .option('--limit <number>', 'how many, at most', integer, 50)
    .addHelpText('after', example('assay attestation list --app com.example.app --since 24h'))
    .action(action((context, _args, options: ListOptions) => listAttestations(context, options)))
  attestation
    .command('show')
    .description('show what is stored about a refusal or malfunction; `assay doctor TRACE` explains it')
    .argument('<trace>', 'the id that the app, or its log, shows beside the refusal')
    .addHelpText('after', example('assay attestation show H8SGZZG7BK8JKD36W'))
    .action(action((context, [trace]) => showAttestation(context, trace as string)))
  addWatchCommand(attestation, action, signals)
}

async function listAttestations(
  { output, service, clock }: Context,
  { since, until, limit, ...where }: ListOptions,
): Promise<void> {
  const query = new URLSearchParams({
    ...where,
    ...between({ since, until }, clock()),
  })
  const listed = await service.some<ListedTrace>(`v1/attestations?${query.toString()}`, 'attestations', limit)
  output.result(listed, () =>
    listed.length === 0
      ? 'Nothing like that is kept.'
      : table(
          ['AT', 'TRACE', 'APP', 'BUILD', 'OUTCOME', 'CODE'],
          listed.map(({ at, trace, app, build, outcome, code }) => [at, trace, app, build, outcome, code]),
        ),
  )
  if (listed.length > 0) output.note('\nNext: assay doctor TRACE')
}

async function showAttestation({ output, service }: Context, id: string): Promise<void> {
  const trace = await readTrace(service, id)
  const { meaning, section } = explanationOf(trace.code)
  output.result(trace, () =>
    fields([
      ['trace', trace.trace],
      ['at', trace.at],
      ['app', trace.app],
      ['build', trace.build],
      ['outcome', trace.outcome],
      ['code', trace.code],
      ['meaning', meaning],
      ...(section === '' ? [] : [['see', `docs/errors.md, "${section}"`] as const]),
      ...(trace.segments.length === 0 ? [] : [['differing', trace.segments.join(', ')] as const]),
      ...deviceLines(trace),
      ...appraisalLines(trace),
    ]),
  )
  output.note(`\nNext: assay doctor ${trace.trace}`)
  if (trace.key !== null) output.note(`      assay installation show --trace ${trace.trace}`)
}

/** None unless the sender proved possession of a key. */
function deviceLines({ key, device, names }: ShownTrace): (readonly [string, string])[] {
  if (key === null) return []
  return [
    ['key', key],
    ...names.map(({ audience, installation }) => ['name', `${installation} at ${audience}`] as const),
    ['vouched for', vouchedInWords(device?.vouched ?? null)],
    ['only said', saidInWords(device?.said ?? null)],
  ]
}

function appraisalLines(trace: AttestationTrace): (readonly [string, string])[] {
  const appraisal = readEar(trace, explanationOf)
  if (appraisal === null) return []
  const { tier, policies, reasons, parts } = appraisal
  return [
    ['tier', `${tier}, by policy ${policies.join('; ')}`],
    ['reasons', reasons.map(({ code }) => code).join(', ') || 'none'],
    ...parts.map((part) => [`AR4SI ${part.part}`, `${part.tier}: ${claimsInWords(part.vector)}`] as const),
  ]
}
