import type { AccountKind } from './rules.ts'

/** The beginning of the names of all keys of an API. */
export function placeOf(audience: string): string {
  if (/[{}\s]/.test(audience)) throw new TypeError('the audience has a brace')
  return `assay-proxy:{${audience}}`
}

type Kind = Pick<AccountKind, 'scope' | 'budget'>

/** A hash of all accounts of a kind, by subject. Routes share those of a budget. */
export const accountsKey = (place: string, route: string, kind: Kind) =>
  `${place}:${nameOf(route, kind)}:accounts`
/** The floor: counts that a forgotten account begins with, and how many accounts were dropped. */
export const floorKey = (place: string, route: string, kind: Kind) => `${place}:${nameOf(route, kind)}:floor`
/** The open streams of an installation. */
export const streamsKey = (place: string, route: string, installation: string) =>
  `${place}:${route}:streams:${installation}`

/** Names of routes have no colon, and are not empty. */
const nameOf = (route: string, { scope, budget }: Kind) =>
  budget === undefined ? `${route}:${scope}` : `:${scope}:${budget}`
