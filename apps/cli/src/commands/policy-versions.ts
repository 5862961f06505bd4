import type { Command } from 'commander'
import type { ListChanges, PolicyChanges, StoredPolicy } from '@assay/protocol/schemas'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { table } from '../terminal/output.ts'
import { printable } from '../terminal/terminal.ts'

const idHelp = 'its id, as `assay policy list` shows it'

/** `assay policy versions`, `compare` and `rollback`. */
export function addPolicyVersionCommands(policy: Command, action: Action): void {
  policy
    .command('versions')
    .description('list the versions of a policy')
    .argument('<id>', idHelp)
    .addHelpText('after', example('assay policy versions our-policy'))
    .action(action((context, [id]) => listVersions(context, id as string)))
  policy
    .command('compare')
    .description('compare two versions of a policy')
    .argument('<id>', idHelp)
    .argument('<from>', 'the earlier version', integer)
    .argument('<to>', 'the later version', integer)
    .addHelpText('after', example('assay policy compare our-policy 3 5'))
    .action(action((context, [id, from, to]) => compare(context, id as string, String(from), String(to))))
  withConfirmation(policy.command('rollback'))
    .description('save an earlier version of a policy as its next one')
    .argument('<id>', idHelp)
    .requiredOption('--to <version>', 'the earlier version', integer)
    .addHelpText('after', example('assay policy rollback our-policy --to 3'))
    .action(
      action((context, [id], options: ConfirmOptions & { to: number }) =>
        rollBack(context, id as string, options),
      ),
    )
}

const pathOf = (id: string) => `v1/policies/${encodeURIComponent(id)}`

async function listVersions({ output, service }: Context, id: string): Promise<void> {
  const versions = await service.list<StoredPolicy>(`${pathOf(id)}/versions`, 'versions')
  output.result(versions, () =>
    table(
      ['VERSION', 'SAVED'],
      versions.map(({ version, created_at: savedAt }) => [String(version), savedAt ?? 'built in']),
    ),
  )
}

async function compare({ output, service }: Context, id: string, from: string, to: string): Promise<void> {
  const changes = (await service.get(`${pathOf(id)}/compare?from=${from}&to=${to}`)) as PolicyChanges
  output.result(changes, () => changesInWords(changes))
}

function changesInWords({ required, rules, reordered }: PolicyChanges): string {
  const parts = [
    ...listInWords('required', required),
    ...listInWords('rules', rules),
    ...(reordered ? ['Rules that both have come in another order.'] : []),
  ]
  return parts.length === 0 ? 'Both require the same, by the same rules.' : parts.join('\n')
}

function listInWords(name: string, { removed, added }: ListChanges): string[] {
  if (removed.length + added.length === 0) return []
  const line = (sign: string) => (rule: unknown) => `${sign} ${printable(JSON.stringify(rule))}`
  return [`${name}:`, ...removed.map(line('-')), ...added.map(line('+'))]
}

async function rollBack(
  context: Context,
  id: string,
  { to, ...options }: ConfirmOptions & { to: number },
): Promise<void> {
  const { output, service } = context
  await confirm(context, options, `Save version ${to} of ${id} as its next version, which counts at once?`)
  const saved = (await service.post(`${pathOf(id)}/rollback`, { to })) as StoredPolicy
  output.result(saved, () => `Saved ${saved.id}, version ${saved.version}: the text of version ${to}.`)
}
