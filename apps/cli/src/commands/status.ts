import type { Command } from 'commander'
import type { ServiceStatus } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { relative } from '../terminal/durations.ts'
import { bytes, fields } from '../terminal/output.ts'

export function addStatusCommand(program: Command, action: Action): void {
  program
    .command('status')
    .description('show version, start, store and health of the running service, and whose key this is')
    .addHelpText('after', example('assay status', 'assay status --json | jq -r .version'))
    .action(action((context) => showStatus(context)))
}

async function showStatus({ output, service, clock }: Context): Promise<void> {
  const status = (await service.get('v1/service')) as ServiceStatus
  output.result(status, () => describe(status, clock()))
}

function describe({ health, api_key: key, ...status }: ServiceStatus, now: number): string {
  const { store_latency_ms: latency, disk_free_bytes: free, caches } = health
  return fields([
    ['version', status.version],
    ['public URL', status.public_url],
    ['started', `${status.started_at} (${relative(Date.parse(status.started_at), now)})`],
    [
      'store',
      `${status.store}, ${latency === null ? 'takes no writes' : `a write takes ${Math.round(latency)} ms`}`,
    ],
    ...(free === null ? [] : [['disk', `${bytes(free)} free`] as const]),
    ...caches.map(({ name, held, most }) => [name.replaceAll('_', ' '), `${held} of ${most}`] as const),
    ['this key', `${key.name} (${key.scope}, ${key.id})`],
  ])
}
