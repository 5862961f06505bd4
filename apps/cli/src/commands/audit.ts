import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AuditEntry, AuditVerification, ListedAuditEntry } from '@assay/protocol/schemas'
import { between, example, integer, span, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { cliError } from '../faults/cli-error.ts'
import { fields, table } from '../terminal/output.ts'
import { printable } from '../terminal/terminal.ts'

interface ListOptions {
  key?: string
  action?: string
  object?: string
  /** Seconds. */
  since?: number
  /** Seconds. */
  until?: number
  limit: number
}

export function addAuditCommands(program: Command, action: Action): void {
  const audit = program.command('audit').description('who did what')
  audit
    .command('list')
    .description('list administrative acts, the newest first')
    .option('--key <id>', 'only by this API key')
    .option('--action <action>', 'only such acts, for example policy.put')
    .option('--object <id>', 'only what was done to this')
    .option('--since <time>', 'how far back, such as 90m, 24h or 7d', span)
    .option('--until <time>', 'and up to when: as long ago as this', span)
    .option('--limit <number>', 'how many, at most', integer, 50)
    .addHelpText(
      'after',
      example('assay audit list', 'assay audit list --action policy.put --since 7d --limit 500'),
    )
    .action(action((context, _args, options: ListOptions) => listAudit(context, options)))
  audit
    .command('show')
    .description('show an entry of the log, with what was before and after')
    .argument('<number>', 'as `assay audit list` shows it', integer)
    .addHelpText('after', example('assay audit show 12', 'assay audit show 12 --json'))
    .action(action((context, [number]) => showAuditEntry(context, String(number))))
  audit
    .command('verify')
    .description('verify that no entry was changed, and that none is missing')
    .option('--head <number:hash>', 'the head that an earlier run printed: the log must still hold it')
    .addHelpText('after', example('assay audit verify'))
    .action(action((context, _args, options: { head?: string }) => verifyAudit(context, options)))
}

async function listAudit(
  { output, service, clock }: Context,
  { since, until, limit, ...filter }: ListOptions,
): Promise<void> {
  const query = new URLSearchParams({ ...filter, ...between({ since, until }, clock()) })
  const entries = await service.some<ListedAuditEntry>(`v1/audit?${query.toString()}`, 'entries', limit)
  output.result(entries, () =>
    entries.length === 0
      ? 'Nothing like that was done.'
      : table(
          ['NUMBER', 'AT', 'KEY', 'ACTION', 'OBJECT'],
          entries.map((entry) => [
            String(entry.number),
            entry.at,
            `${entry.key ?? '-'} (${entry.key_name})`,
            entry.action,
            entry.object,
          ]),
        ),
  )
}

async function showAuditEntry({ output, service }: Context, number: string): Promise<void> {
  const entry = (await service.get(`v1/audit/${number}`)) as AuditEntry
  const { at, key, key_name: name, action, object, before, after, hash } = entry
  const asJson = (value: unknown) =>
    value === null ? 'not there' : JSON.stringify(value, null, 2).split('\n').map(printable).join('\n')
  output.result(entry, () => {
    const who = `${key ?? '-'} (${name})`
    const properties = fields([
      ['At', at],
      ['Key', who],
      ['Act', `${action} ${object}`],
      ['Hash', hash],
    ])
    return `${properties}\n\nBefore: ${asJson(before)}\n\nAfter: ${asJson(after)}`
  })
}

/** What is wrong with an entry. */
const faults = {
  edited: 'was changed, or does not follow the one before',
  mac: 'was not written by this service',
  gap: 'follows a gap: entries before it are missing',
  end: 'is where the log ends by its head, and is missing, another, or one too many',
  seal: 'bears a seal that is not the one of this service',
  empty: 'is the last one: the log is empty, but the store has been in use',
  undercut: 'was seen by this node, and is missing or another: an older log has replaced this one',
  broken: 'records that the service found the log broken',
  head: 'is not the one that was kept: this is another log',
} as const

/** Rows of the database that the log does not have. */
const otherRows = {
  keys: 'The API keys in the database are not those of the audit log',
  allowed: 'The allow lists in the database are not those of the audit log',
} as const

/** Milliseconds between two looks at a run that is under way. */
const lookEvery = 1_000

/** The answer once the run over all entries has ended: a long log takes minutes. */
async function endedRun(
  { progress }: Context['output'],
  ask: () => Promise<unknown>,
): Promise<AuditVerification> {
  const shown = progress('Verifying the audit log')
  try {
    for (;;) {
      const check = (await ask()) as AuditVerification
      if (check.fault !== null || check.run.ended_at !== null) return check
      shown.update(check.head.number, check.run.entries)
      await wait(lookEvery)
    }
  } finally {
    shown.end()
  }
}

async function verifyAudit({ output, service }: Context, { head }: { head?: string }): Promise<void> {
  const query = head === undefined ? '' : `?head=${encodeURIComponent(head)}`
  const check = await endedRun(output, () => service.get(`v1/audit/verify${query}`))
  const kept = `${check.head.number}:${check.head.hash}`
  if (check.fault !== null) {
    const { number, reason } = check.fault
    output.result(check, () => `Entries 1 to ${check.head.number} are whole.`)
    if (check.other_keys.length > 0)
      output.warn(`no entry has added or removed these API keys: ${check.other_keys.join(', ')}`)
    if (check.other_allowed.length > 0)
      output.warn(
        `no entry has put these devices on the allow list, or one has taken them off: ${check.other_allowed.join(', ')}`,
      )
    throw cliError(
      'CLI_AUDIT_BROKEN',
      reason === 'keys' || reason === 'allowed'
        ? otherRows[reason]
        : `Entry ${number} of the audit log ${faults[reason]}`,
    )
  }
  output.result(
    check,
    () =>
      `All ${check.head.number} entries are whole: those of before ${check.run.began_at} as of then, later ones as of now. Head: ${kept}`,
  )
  output.note(`\nKeep it elsewhere, and next time: assay audit verify --head ${kept}`)
}
