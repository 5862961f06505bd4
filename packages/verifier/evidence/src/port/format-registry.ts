import type { FormatDescriptor } from './evidence-format.ts'
import { misuse } from './misuse.ts'

/** The formats that a service accepts, by name. */
export type FormatRegistry<Format extends { readonly descriptor: FormatDescriptor }> = ReadonlyMap<
  string,
  Format
>

const namePattern = /^[a-z0-9-]{1,64}$/

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for no formats, two of one name, or a name out of form */
export function formatRegistry<Format extends { readonly descriptor: FormatDescriptor }>(
  formats: readonly Format[],
): FormatRegistry<Format> {
  if (formats.length === 0) throw misuse('there are no evidence formats')
  const registry = new Map(formats.map((format) => [format.descriptor.name, format]))
  if (registry.size !== formats.length) throw misuse('two evidence formats have one name')
  if (![...registry.keys()].every((name) => namePattern.test(name)))
    throw misuse('an evidence format has a name out of form')
  return registry
}
