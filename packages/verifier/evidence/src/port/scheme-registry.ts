import { invalidArgument } from '@assay/protocol'
import { z, type ZodType } from 'zod'
import type { EvidenceScheme, SchemeSettings } from './scheme.ts'

/** The schemes whose evidence a service accepts, fixed when it starts. */
export interface SchemeRegistry<Scheme extends EvidenceScheme = EvidenceScheme> {
  /** In the order in which they were given. */
  readonly all: readonly Scheme[]
  /** By the `format` of an evidence item. */
  find(format: string): Scheme | undefined
  /** Settings of the scheme as an app has them; `undefined`: the app may not send such evidence. */
  settingsFor(scheme: Scheme, evidence: Readonly<Record<string, unknown>>): unknown
  /** What operators can set, each once. */
  readonly settings: readonly SchemeSettings[]
  /** The form of an app's `evidence`: the settings of each kind, every one optional, and no other member. */
  readonly settingsSchema: ZodType<Record<string, unknown>>
  /** The form of one evidence item of any of the schemes. */
  readonly itemSchema: ZodType
}

const namePattern = /^[a-z0-9-]{1,64}$/
const settingsPattern = /^[a-z0-9_]{1,64}$/

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for no scheme, two schemes or two settings with one name, a malformed
 * name, or a scheme that asserts with keys of a missing scheme
 */
export function schemeRegistry<Scheme extends EvidenceScheme>(
  schemes: readonly Scheme[],
): SchemeRegistry<Scheme> {
  if (schemes.length === 0) throw invalidArgument('there are no evidence schemes')
  const byName = new Map(schemes.map((scheme) => [scheme.descriptor.name, scheme]))
  if (byName.size !== schemes.length) throw invalidArgument('two evidence schemes have one name')
  if (![...byName.keys()].every((name) => namePattern.test(name)))
    throw invalidArgument('an evidence scheme has a malformed name')
  if (!schemes.every(({ asserts }) => asserts === undefined || byName.has(asserts)))
    throw invalidArgument('a scheme asserts with keys of a scheme that does not exist')
  const settings = [...new Set(schemes.map((scheme) => scheme.settings))]
  if (new Set(settings.map(({ name }) => name)).size !== settings.length)
    throw invalidArgument('two kinds of settings have one name')
  if (!settings.every(({ name }) => settingsPattern.test(name)))
    throw invalidArgument('settings have a malformed name')
  return {
    all: [...schemes],
    find: (format) => byName.get(format),
    settingsFor: (scheme, evidence) =>
      Object.hasOwn(evidence, scheme.settings.name) ? evidence[scheme.settings.name] : undefined,
    settings,
    settingsSchema: z.strictObject(
      Object.fromEntries(settings.map(({ name, schema }) => [name, schema.optional()])),
    ),
    itemSchema: z.union(schemes.map(({ item }) => item)),
  }
}
