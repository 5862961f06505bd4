import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { codeExplanations } from '../doctor/trace-codes/index.ts'
import { fields } from '../output.ts'
import { example, type Action } from './arguments.ts'
import { readTrace } from './doctor-trace.ts'

export function addAttestationCommands(program: Command, action: Action): void {
  program
    .command('attestation')
    .description('why a device was refused')
    .command('show')
    .description('show what is kept of a denial or malfunction; `assay doctor TRACE` explains it')
    .argument('<trace>', 'the id that the app, or its log, shows beside the refusal')
    .addHelpText('after', example('assay attestation show JnGmJ1zKQxq0V7yq3c2hVA'))
    .action(action((context, [trace]) => showAttestation(context, trace as string)))
}

async function showAttestation({ output, service }: Context, id: string): Promise<void> {
  const trace = await readTrace(service, id)
  const explanation = codeExplanations.get(trace.code)
  output.result(trace, () =>
    fields([
      ['trace', trace.trace],
      ['at', trace.at],
      ['app', trace.app],
      ['build', trace.build],
      ['outcome', trace.outcome],
      ['code', trace.code],
      ...(explanation === undefined ? [] : [['meaning', explanation.meaning] as const]),
      ...(trace.segments.length === 0 ? [] : [['differing', trace.segments.join(', ')] as const]),
    ]),
  )
  output.note(`\nNext: assay doctor ${trace.trace}`)
}
