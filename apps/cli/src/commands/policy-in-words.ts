import type { StoredPolicy } from '@assay/protocol/schemas'
import { claimsInWords } from '../doctor/read-ear.ts'
import { paragraph, table } from '../terminal/output.ts'
import { printable, type Colours } from '../terminal/terminal.ts'

interface PolicyDocument {
  name?: string
  description?: string
  required: readonly { claim: string; one_of: readonly unknown[] }[]
  rules: readonly PolicyRule[]
}

interface PolicyRule {
  description?: string
  when: string
  tier: string
  reason?: string
  vector?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** The service saves no document of another form. */
export function documentOf(policy: StoredPolicy): PolicyDocument {
  return policy.document as PolicyDocument
}

export function describePolicy(policy: StoredPolicy, { bold }: Colours): string {
  const { name, description, required, rules } = documentOf(policy)
  const saved = policy.created_at === null ? 'built in' : `saved ${policy.created_at}`
  return [
    printable(`${policy.id}, version ${policy.version}, ${saved}${name === undefined ? '' : `: ${name}`}`),
    ...(description === undefined ? [] : [paragraph(description, '')]),
    `${bold('Every app must have')} (or its tier is none, which no API admits)\n${table(
      ['CLAIM', 'ONE OF'],
      required.map(({ claim, one_of: values }) => [claim, values.map(shown).join(' ')]),
    )}`,
    `${bold('Rules')}: the worst tier of those that hold`,
    ...rules.map(describeRule),
  ].join('\n\n')
}

function describeRule({ description, when, tier, reason, vector }: PolicyRule): string {
  return [
    printable(reason === undefined ? tier : `${tier}, ${reason}`),
    ...(description === undefined ? [] : [paragraph(description, '  ')]),
    paragraph(`when ${when.replaceAll(/\s+/g, ' ')}`, '  '),
    ...(vector === undefined
      ? []
      : [
          paragraph(
            `AR4SI: ${Object.entries(vector)
              .map(([part, claims]) => `${part}: ${claimsInWords(claims)}`)
              .join('; ')}`,
            '  ',
          ),
        ]),
  ].join('\n')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
