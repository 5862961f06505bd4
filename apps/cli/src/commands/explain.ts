import type { Command } from 'commander'
import leven from 'leven'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { cliError } from '../faults/cli-error.ts'
import { codeSections } from '../faults/codes.ts'
import { explanationsOf, type Explanation } from '../faults/explanations.ts'
import { paragraph } from '../terminal/output.ts'
import type { Colours } from '../terminal/terminal.ts'

export function addExplainCommand(program: Command, action: Action): void {
  program
    .command('explain')
    .description('what an error code means, and what to do about it')
    .argument('[code]', 'a code of service, SDK, guard or CLI; left out: lists them')
    .addHelpText('after', example('assay explain challenge_expired', 'assay explain TOKEN_SIGNATURE'))
    .action(action((context, [code]) => (code === undefined ? listCodes(context) : explain(context, code))))
}

function listCodes({ output }: Context): void {
  const sections = codeSections.map(({ heading, codes }) => ({ section: heading, codes: [...codes.keys()] }))
  output.result({ sections }, () =>
    sections
      .map(({ section, codes }) => `${output.colours.bold(section)}\n${paragraph(codes.join(' '), '  ')}`)
      .join('\n\n'),
  )
}

/** @throws CliError CLI_CODE_UNKNOWN */
function explain({ output }: Context, code: string): void {
  const explanations = explanationsOf(code)
  if (explanations.length === 0) throw unknown(code)
  output.result({ code, explanations }, () =>
    explanations.map((explanation) => describe(explanation, output.colours)).join('\n\n'),
  )
}

function describe({ section, meaning, action, columns = {} }: Explanation, { bold }: Colours): string {
  return [
    bold(section),
    ...Object.entries(columns).map(([name, value]) => paragraph(`${name}: ${value}`, '  ')),
    paragraph(meaning, '  '),
    `${bold('What to do')}\n${paragraph(action, '  ')}`,
  ].join('\n')
}

/** Codes that differ by a few letters: a longer word may have more of them wrong. */
const suggestions = 3

function unknown(code: string) {
  const lower = code.toLowerCase()
  const names = new Set(codeSections.flatMap(({ codes }) => [...codes.keys()]))
  const nearest = [...names]
    .map((name) => ({ name, distance: leven(lower, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(code.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, suggestions)
    .map(({ name }) => name)
  return cliError(
    'CLI_CODE_UNKNOWN',
    'No code has this name',
    nearest.length === 0 ? {} : { hint: `Did you mean ${nearest.join(', ')}?` },
  )
}
