import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Case, Family } from '../case/case.ts'

/** `packages/shared/vectors`, from `src` as well as from `dist`. */
export const vectorFolder = fileURLToPath(new URL('../../../../../packages/shared/vectors/', import.meta.url))

/** The file of a family: JSON in ASCII, one line for each case, so that a change of one case is a change of one line. */
export function encodeFamily({ name, about, floor, cases }: Family): string {
  const lines = cases.map(ascii)
  const head = ascii({ family: name, about, floor }).slice(0, -1)
  return `${head},"cases":[\n${lines.join(',\n')}\n]}\n`
}

/** JSON with what is beyond ASCII as escapes, so that no editor or normalisation changes it. */
export function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function fileOf(family: string): string {
  return path.join(vectorFolder, `${family}.json`)
}

/** A family as its file has it, with all that it has by name in its place. */
export function readFamily(name: string): Family {
  const file = JSON.parse(readFileSync(fileOf(name), 'utf8')) as {
    family: string
    about: string
    floor: Family['floor']
    defaults?: Members
    shared?: Members
    cases: Case[]
  }
  const { family, about, floor, defaults, shared = {} } = file
  const cases = file.shared === undefined ? file.cases : file.cases.map((one) => withShared(one, shared))
  return { name: family, about, floor, cases: cases.map((one) => withDefaults(one, defaults)) }
}

type Members = Readonly<Record<string, unknown>>

/** `{"shared": name}` is the value of that name. */
function withShared<T>(value: T, shared: Members): T {
  const resolved = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(resolved)
    if (typeof given !== 'object' || given === null) return given
    const members = Object.entries(given)
    const [first] = members
    if (members.length === 1 && first?.[0] === 'shared') return resolved(shared[first[1] as string])
    return Object.fromEntries(members.map(([name, member]) => [name, resolved(member)]))
  }
  return resolved(value) as T
}

/** The configuration of a case states only what differs from the usual one. */
function withDefaults(one: Case, defaults: Members | undefined): Case {
  if (defaults === undefined) return one
  const configuration = {
    ...(defaults['configuration'] as Members),
    ...(one.input['configuration'] as unknown as Members | undefined),
  }
  return { ...one, input: { ...one.input, configuration: configuration as Case['input'] } }
}
