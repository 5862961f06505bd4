import { createWebCrypto, type GuardCrypto } from '@assay/guard'
import { type Case, countOf } from '../../wire/case/case.ts'
import { ascii } from '../../wire/vector-file/vector-file.ts'
import { access } from '../cases/access.ts'
import { caches } from '../cases/caches.ts'
import { configurations } from '../cases/configurations.ts'
import { exact } from '../cases/exact.ts'
import { fetched } from '../cases/fetched.ts'
import { proofs } from '../cases/proofs.ts'
import { requests } from '../cases/requests.ts'
import { sequences } from '../cases/sequences.ts'
import { tokens } from '../cases/tokens.ts'
import { userTokens } from '../cases/user-tokens.ts'
import type { Draft } from '../making/draft.ts'
import type { Configuration, MisuseCase, RequestCase } from '../form/request-case.ts'
import { guardOf, runCase } from '../running/run-case.ts'
import { app, audience, issuer, jwks, keys, now } from '../making/world.ts'

const usual: Configuration = {
  issuer,
  audience,
  apps: [app],
  tiers: ['affirming', 'warning'],
  mode: 'bound',
  jwks,
}

export function drafts(): readonly Draft[] {
  return [
    ...requests,
    ...tokens,
    ...proofs,
    ...configurations,
    ...sequences,
    ...fetched,
    ...access,
    ...userTokens,
    ...exact,
    ...caches,
  ]
}

/**
 * The cases with what the guard answers.
 *
 * @throws Error if it answers with another code than the case demands: one of the two is wrong
 */
export async function makeCases(
  crypto: GuardCrypto = createWebCrypto(),
): Promise<(RequestCase | MisuseCase)[]> {
  const cases: (RequestCase | MisuseCase)[] = []
  for (const { id, clause, needs, configuration, steps, expect } of drafts()) {
    const input = asJson({ configuration: { ...usual, ...configuration }, steps })
    const named = { id, ...(needs === undefined ? {} : { needs }), clause, input }
    if (steps.length === 0) {
      cases.push({ ...named, error: misuseIn(() => guardOf(input.configuration, crypto)) })
      continue
    }
    const output = (await runCase(input, { crypto })) ?? []
    const codes = output.map(({ code }) => code)
    if (codes.join() !== expect.join())
      throw new Error(`${id}: the guard answers ${codes.join()} in the place of ${expect.join()}`)
    cases.push({ ...named, output })
  }
  return cases
}

function misuseIn(start: () => unknown): 'MISUSE' {
  try {
    start()
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE') return 'MISUSE'
    throw fault
  }
  throw new Error('a guard starts with what is misuse')
}

/** As whoever reads the file has it: without members that are left out. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** The text of `requests.json`: a line for each case, and what occurs in several of them by name. */
export function encodeCases(cases: readonly (RequestCase | MisuseCase)[]): string {
  const shared = new Map<string, { name: string; value: unknown }>()
  const share = namer(cases, shared)
  const lines = cases.map((one) => {
    const { id, needs, clause, input } = one
    const changes = Object.entries(input.configuration).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name as keyof Configuration]),
    )
    return {
      id,
      ...(needs === undefined ? {} : { needs }),
      clause,
      input: {
        ...(changes.length === 0 ? {} : { configuration: share(Object.fromEntries(changes)) }),
        steps: input.steps.map((step) => share(step)),
      },
      ...('error' in one ? { error: one.error } : { output: one.output.map((decision) => share(decision)) }),
    }
  })
  const head = {
    family: 'requests',
    about:
      'Requests to a protected API, and what every verifier decides about them. docs/verifiers.md says how to read this file.',
    floor: countOf({ cases: cases as unknown as readonly Case[] }),
    keys: Object.fromEntries(Object.entries(keys).map(([name, { privateJwk }]) => [name, privateJwk])),
    defaults: { now, configuration: usual },
  }
  const named = [...shared.values()].map(({ name, value }) => `${JSON.stringify(name)}:${ascii(value)}`)
  return `${ascii(head).slice(0, -1)},"shared":{\n${named.join(',\n')}\n},"cases":[\n${lines.map(ascii).join(',\n')}\n]}\n`
}

/** Longer values than this are named if they occur twice. */
const worthNaming = 80

/** Replaces long values that occur more than once by `{"shared": name}`. */
function namer(
  cases: readonly (RequestCase | MisuseCase)[],
  shared: Map<string, { name: string; value: unknown }>,
) {
  const counts = new Map<string, number>()
  const count = (value: unknown): void => {
    const text = JSON.stringify(value)
    if (text.length > worthNaming) counts.set(text, (counts.get(text) ?? 0) + 1)
    if (typeof value === 'object' && value !== null && (counts.get(text) ?? 0) < 2)
      Object.values(value).forEach(count)
  }
  for (const one of cases) count([one.input, 'error' in one ? null : one.output])
  let names = 0
  const replace = (value: unknown): unknown => {
    const text = JSON.stringify(value)
    if ((counts.get(text) ?? 0) > 1) {
      const known = shared.get(text)
      if (known !== undefined) return { shared: known.name }
      const name = `v${++names}`
      shared.set(text, { name, value: inner(value) })
      return { shared: name }
    }
    return inner(value)
  }
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replace(member)]))
  }
  return inner
}
