import type { Command } from 'commander'
import type { AttestationTrace } from '@assay/protocol'
import type { Context } from '../context.ts'
import { fields } from '../output.ts'
import { example } from './apps.ts'
import type { Action } from './arguments.ts'

export function addAttestationCommands(program: Command, action: Action): void {
  program
    .command('attestation')
    .description('why a device was refused')
    .command('show')
    .description('show the denial or malfunction behind a trace id')
    .argument('<trace>', 'the id that the app, or its log, shows beside the refusal')
    .addHelpText('after', example('assay attestation show 9nGmJ1zKQxq0V7yq3c2hVA'))
    .action(action((context, [trace]) => showAttestation(context, trace as string)))
}

async function showAttestation({ output, service }: Context, id: string): Promise<void> {
  const trace = (await service.get(`v1/attestations/${encodeURIComponent(id)}`)) as AttestationTrace
  output.result(trace, () =>
    fields([
      ['trace', trace.trace],
      ['at', trace.at],
      ['app', trace.app],
      ['build', trace.build],
      ['outcome', trace.outcome],
      ['code', `${trace.code} (docs/errors.md says what it means)`],
      ...(trace.segments.length === 0 ? [] : [['differing', trace.segments.join(', ')] as const]),
    ]),
  )
}
