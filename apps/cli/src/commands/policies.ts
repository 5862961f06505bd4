import type { Command } from 'commander'
import { policyIdPattern } from '@assay/protocol'
import type { StoredPolicy } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { CliError, usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'
import { addPolicyCheck, policyFault, readPolicyFile } from './policy-check.ts'
import { describePolicy, documentOf } from './policy-in-words.ts'
import { addPolicyTest } from './policy-test.ts'
import { addPolicyVersionCommands } from './policy-versions.ts'

export function addPolicyCommands(program: Command, action: Action): void {
  const policy = program.command('policy').description('what evidence is worth: policies in CEL')
  policy
    .command('list')
    .description('list the policies: those that are built in, and your own')
    .addHelpText('after', example('assay policy list'))
    .action(action(async (context) => listPolicies(context)))
  policy
    .command('show')
    .description('show what a policy requires, and its rules')
    .argument('<id>', 'its id, as `assay policy list` shows it')
    .option('--document', 'only the document, as JSON: a start for your own')
    .addHelpText(
      'after',
      example('assay policy show balanced', 'assay policy show balanced --document > our-policy.json'),
    )
    .action(
      action((context, [id], options: { document?: boolean }) =>
        showPolicy(context, id as string, options.document === true),
      ),
    )
  policy
    .command('set')
    .description('save a policy, or its next version, after checking it')
    .argument('<id>', 'lower-case letters, digits and -; not one that is built in')
    .argument('<file>', 'the document, as JSON; or - for standard input')
    .addHelpText(
      'after',
      `${example('assay policy set our-policy our-policy.json', 'assay app update com.example.app --policy our-policy')}

Apps and APIs that name the policy use the new version at once.`,
    )
    .action(action((context, [id, file]) => setPolicy(context, id as string, file as string)))
  addPolicyCheck(policy, action)
  addPolicyTest(policy, action)
  addPolicyVersionCommands(policy, action)
  withConfirmation(policy.command('remove'))
    .description('remove a policy of your own that no app and no API names')
    .argument('<id>', 'its id, as `assay policy list` shows it')
    .addHelpText('after', example('assay policy remove our-policy'))
    .action(action((context, [id], options: ConfirmOptions) => removePolicy(context, id as string, options)))
}

const policyPath = (id: string) => `v1/policies/${encodeURIComponent(id)}`

async function listPolicies({ output, service }: Context): Promise<void> {
  const policies = await service.list<StoredPolicy>('v1/policies', 'policies')
  output.result(policies, () =>
    table(
      ['POLICY', 'VERSION', 'SAVED', 'NAME'],
      policies.map((policy) => [
        policy.id,
        String(policy.version),
        policy.created_at ?? 'built in',
        documentOf(policy).name ?? '-',
      ]),
    ),
  )
}

async function showPolicy({ output, service }: Context, id: string, documentOnly: boolean): Promise<void> {
  const policy = (await service.get(policyPath(id))) as StoredPolicy
  if (documentOnly) output.result(policy.document, () => JSON.stringify(policy.document, null, 2))
  else output.result(policy, () => describePolicy(policy, output.colours))
}

async function setPolicy(context: Context, id: string, file: string): Promise<void> {
  if (!policyIdPattern.test(id)) {
    throw usageError(
      'CLI_USAGE',
      'This is not the id of a policy',
      'Up to 64 lower-case letters, digits and -, such as our-policy.',
    )
  }
  const { text, document } = await readPolicyFile(context, file)
  const saved = (await context.service.put(policyPath(id), document).catch((error: unknown) => {
    const fault = error instanceof CliError ? error.errors?.[0] : undefined
    throw fault === undefined ? error : policyFault(file, text, fault, (error as CliError).trace)
  })) as StoredPolicy
  context.output.result(saved, () => `Saved ${saved.id}, version ${saved.version}.`)
  if (saved.version === 1) context.output.note(`\nNext: assay app update APP --policy ${saved.id}`)
}

async function removePolicy(context: Context, id: string, options: ConfirmOptions): Promise<void> {
  const { output, service } = context
  await confirm(context, options, `Remove the policy ${id}, with all its versions?`)
  await service.delete(policyPath(id))
  output.result({ removed: id }, () => `Removed ${id}.`)
}
