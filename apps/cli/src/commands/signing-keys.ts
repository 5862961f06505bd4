import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { fields } from '../terminal/output.ts'

export function addSigningKeyCommands(program: Command, action: Action): void {
  program
    .command('signing-key')
    .description('keys that sign tokens; the service rotates them on schedule')
    .command('rotate')
    .description(
      'after a theft: sign with a new key, and withdraw every other one at once, that of development too',
    )
    .addHelpText('after', example('assay signing-key rotate'))
    .action(action((context) => rotate(context)))
}

async function rotate({ output, service }: Context): Promise<void> {
  const rotation = (await service.post('v1/signing-keys/rotate', {})) as { kid: string; withdrawn: string[] }
  output.result(rotation, () =>
    fields([
      ['signs now', rotation.kid],
      ['withdrawn', rotation.withdrawn.join(', ') || 'none'],
      [
        'next',
        'guards refuse the old tokens once they have fetched the JWKS again; apps attest again by themselves',
      ],
    ]),
  )
}
