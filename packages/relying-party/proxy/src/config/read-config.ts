import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { ProxyConfigError } from '../faults/config-error.ts'
import { configForm, type ConfigForm } from './form.ts'

/** The library's own messages quote the line, which may hold a secret that somebody wrote there by mistake. */
const options = {
  version: '1.2',
  prettyErrors: false,
  logLevel: 'silent',
  uniqueKeys: true,
  stringKeys: true,
} as const

/** Reads the text of a configuration. @throws ProxyConfigError (`PROXY_CONFIG_YAML`, `PROXY_CONFIG_FORM`) */
export function readConfig(text: string): ConfigForm {
  const document = parseDocument(text, options)
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    const line = text.slice(0, fault.pos[0]).split('\n').length
    throw new ProxyConfigError(
      'PROXY_CONFIG_YAML',
      `The configuration is no YAML at line ${line} (${fault.code})`,
    )
  }
  let value: unknown
  try {
    // An alias would be a second place to which the messages cannot point.
    value = document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new ProxyConfigError('PROXY_CONFIG_YAML', 'The configuration has an alias')
  }
  return checkForm(value)
}

/** @throws ProxyConfigError (`PROXY_CONFIG_FORM`) */
export function checkForm(value: unknown): ConfigForm {
  const checked = configForm.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new ProxyConfigError('PROXY_CONFIG_FORM', `${placeOf(issue)}: ${textOf(issue)}`)
}

function placeOf(issue: z.core.$ZodIssue | undefined): string {
  return `/${(issue?.path ?? []).map(String).join('/')}`
}

/** None of these texts has the value. */
function textOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'unrecognized_keys':
      return `takes no ${issue.keys.join(', ')}`
    case 'custom':
    case 'invalid_format':
      return issue.message
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    case 'too_small':
      return `is less than ${String(issue.minimum)}`
    case 'too_big':
      return `is more than ${String(issue.maximum)}`
    case 'invalid_type':
      return `is missing, or no ${issue.expected}`
    case 'invalid_key':
      return 'has a name that cannot be one'
    default:
      return 'is not of a known form'
  }
}
