import { isInteger, exactObject, type Shape } from '@assay/protocol/shapes'
import type { Claim, Claims, ClaimTable, ValueOf } from './claim-table.ts'
import { typeOf, type ClaimType, type Member } from './claim-type.ts'
import { asVerified, type Verified } from './verified.ts'

/** The version of the stored value, not of the claims: a release that changes what claims mean increments it. */
const version = 1

const isStored = exactObject<{ version: number; claims: unknown }>({
  version: isInteger,
  claims: (_value): _value is unknown => true,
})

/**
 * The part of verified claims to store: a JSON value for {@link recalled} only. What the table keeps apart is left out.
 */
export function remembered({ members }: ClaimTable, claims: object): unknown {
  const kept = Object.entries(claims).filter(([name]) => members[name]?.isUnstored !== true)
  return structuredClone({ version, claims: Object.fromEntries(kept) })
}

/**
 * The claims that {@link remembered} has stored: copied, frozen, and each in its form.
 *
 * @throws Error, a malfunction, unless every member is one that this format has stored
 */
export function recalled<Of extends Claims>(
  table: ClaimTable<Of>,
  value: unknown,
  format: string,
): Verified<ValueOf<ClaimTable<Of>>> {
  const stored: unknown = structuredClone(value)
  const holds: Shape<object> = table.isStored
  if (!isStored(stored) || stored.version !== version || !holds(stored.claims))
    throw new Error(
      `remembered evidence of the format ${format} does not have the form in which it was stored`,
    )
  return asVerified(format, freezeAll(stored.claims)) as Verified<ValueOf<ClaimTable<Of>>>
}

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freezeAll)
    Object.freeze(value)
  }
  return value
}

/**
 * Text that stored claims have in common, from the names and usual values in their table: a dictionary to pack them
 * with. What is rare comes first, since what is near the end of a dictionary takes less to refer to.
 */
export function wordsOf(table: ClaimTable): string {
  const { rare, frequent } = textOf(table)
  return `${rare}{"version":${version},"claims":${frequent}}`
}

interface Words {
  readonly rare: string
  readonly frequent: string
}

function textOf({ members }: { readonly members: Readonly<Record<string, StoredMember>> }): Words {
  const words = Object.entries(members)
    .filter(([, claim]) => claim.isUnstored !== true)
    .map(([name, claim]) => memberText(name, claim))
  const frequent = words.map((each) => each.frequent).filter((each) => each !== '')
  return { rare: words.map(({ rare }) => rare).join(''), frequent: `{${frequent.join(',')}}` }
}

/** A claim, or the type of one that may be left open. */
type StoredMember = Member & Partial<Pick<Claim, 'usual' | 'isUnstored'>>

/**
 * Of its usual values only the last is frequent. A claim that may be left open is rare as a whole, unless it has usual
 * values itself.
 */
function memberText(name: string, claim: StoredMember): Words {
  const type: ClaimType & Partial<Pick<Claim, 'usual'>> = typeOf(claim)
  const usual = (claim.usual ?? type.usual ?? []).map((value) => JSON.stringify(value))
  const last =
    type.kind === 'record' ? textOf(type) : { rare: '', frequent: usual.at(-1) ?? unknownText(type) }
  const member = `"${name}":${last.frequent}`
  const rare = usual.slice(0, -1).join('') + last.rare
  return claim.kind === 'optional' && claim.usual === undefined
    ? { rare: rare + member, frequent: '' }
    : { rare, frequent: member }
}

/** What surrounds a value that differs each time. */
function unknownText({ kind }: ClaimType): string {
  if (kind === 'string') return '""'
  return kind === 'list' ? '[""]' : '1'
}
