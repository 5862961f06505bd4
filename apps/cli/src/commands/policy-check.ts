import type { Command } from 'commander'
import type { FaultyPlace, JsonValue } from '@assay/protocol'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { parseJson, readTextFile } from '../command-line/input-file.ts'
import { CliError } from '../faults/cli-error.ts'
import { explanationOf } from '../faults/explanations.ts'
import { placeInFile } from './place-in-file.ts'

const what = 'a policy: `assay policy show balanced --document` shows one'

export function addPolicyCheck(policy: Command, action: Action): void {
  policy
    .command('check')
    .description('check the document of a policy, without a service')
    .argument('<file>', 'the document, as JSON; or - for standard input')
    .addHelpText('after', example('assay policy check our-policy.json'))
    .action(action((context, [file]) => checkFile(context, file as string)))
}

async function checkFile(context: Context, file: string): Promise<void> {
  const { text, document } = await readPolicyFile(context, file)
  // Loaded here: the service takes a while.
  const { checkPolicy } = await import('@assay/service')
  const fault = checkPolicy(document)
  if (fault !== undefined) throw policyFault(file, text, fault)
  context.output.result({ valid: true }, () => `${file === '-' ? 'Standard input' : file} is a policy.`)
}

export async function readPolicyFile(
  context: Context,
  file: string,
): Promise<{ text: string; document: JsonValue }> {
  const text = await readTextFile(context, file, what)
  return { text, document: parseJson(text, file, what) }
}

/** A refused document: the place of its fault in the file, and the meaning of the code. */
export function policyFault(file: string, text: string, fault: FaultyPlace, trace?: string): CliError {
  const { pointer, code, detail, offset } = fault
  const { meaning, action } = explanationOf(code)
  const { line, column } = placeInFile(text, pointer, offset)
  const place = `${file === '-' ? 'standard input' : file}:${line}:${column}`
  const member = pointer === '' ? 'the document' : pointer
  return new CliError(
    'policy_invalid',
    `${place}: ${code} at ${member}${detail === undefined ? '' : `: ${detail}`}`,
    1,
    {
      hint: `${meaning} ${action}`,
      errors: [fault],
      ...(trace === undefined ? {} : { trace }),
    },
  )
}
