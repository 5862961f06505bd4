import type { Command } from 'commander'
import type { AttestationTrace } from '@assay/protocol'
import type { Context } from '../context.ts'
import { claimsInWords, readEar } from '../doctor/read-ear.ts'
import { explanationOf } from '../explanations.ts'
import { fields } from '../output.ts'
import { example, type Action } from './arguments.ts'
import { readTrace } from './doctor-trace.ts'

export function addAttestationCommands(program: Command, action: Action): void {
  program
    .command('attestation')
    .description('why a device was refused')
    .command('show')
    .description('show what is stored about a denial or malfunction; `assay doctor TRACE` explains it')
    .argument('<trace>', 'the id that the app, or its log, shows beside the refusal')
    .addHelpText('after', example('assay attestation show JnGmJ1zKQxq0V7yq3c2hVA'))
    .action(action((context, [trace]) => showAttestation(context, trace as string)))
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
      ...appraisalLines(trace),
    ]),
  )
  output.note(`\nNext: assay doctor ${trace.trace}`)
}

function appraisalLines(trace: AttestationTrace): (readonly [string, string])[] {
  const appraisal = readEar(trace)
  if (appraisal === null) return []
  const { tier, policies, reasons, parts } = appraisal
  return [
    ['tier', `${tier}, by policy ${policies.join('; ')}`],
    ['reasons', reasons.map(({ code }) => code).join(', ') || 'none'],
    ...parts.map((part) => [`AR4SI ${part.part}`, `${part.tier}: ${claimsInWords(part.vector)}`] as const),
  ]
}
