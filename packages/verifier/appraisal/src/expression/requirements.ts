import type { ClaimPath, ClaimValue } from '../claims/claim-set.ts'
import type { RequirementDocument } from '../policy/policy-document.ts'
import { PolicyError } from '../errors/policy-error.ts'
import type { Requirement } from '../policy/policy.ts'
import { typeOf, type ClaimType } from '@assay/evidence'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { Known } from './checked.ts'

/** Requirements of a policy, and what is known to be there where they are met. */
export function readRequirements(
  documents: readonly RequirementDocument[],
  vocabulary: Vocabulary,
): {
  readonly required: readonly Requirement[]
  readonly known: Known
} {
  const known = new Set<string>()
  const required = documents.map(({ claim, one_of: values }, i) => {
    const { type, path } = resolve(claim, `/required/${i}/claim`, vocabulary)
    path.forEach((_, end) => known.add(path.slice(0, end + 1).join('.')))
    values.forEach((value, j) => {
      requirePossible(value, type, `/required/${i}/one_of/${j}`)
    })
    return { claim: claimPath(path, vocabulary), oneOf: values as Requirement['oneOf'] }
  })
  return { required, known }
}

/** The claim of a name, and its full name member by member. */
function resolve(
  claim: string,
  pointer: string,
  { variables }: Vocabulary,
): { readonly type: ClaimType; readonly path: readonly string[] } {
  const [first = '', ...members] = claim.split('.')
  const variable = Object.hasOwn(variables, first) ? variables[first] : undefined
  if (variable?.path === undefined || first === 'ages') throw unknown(claim, pointer)
  let type = typeOf(variable.member)
  for (const name of members) {
    const member =
      type.kind === 'record' && Object.hasOwn(type.members, name) ? type.members[name] : undefined
    if (member === undefined) throw unknown(claim, pointer)
    type = typeOf(member)
  }
  if (type.kind !== 'bool' && type.kind !== 'int' && type.kind !== 'string')
    throw new PolicyError('POLICY_TYPE', pointer, `a required value must be a boolean, integer or string`)
  return { type, path: [...variable.path.split('.'), ...members] }
}

function unknown(claim: string, pointer: string): PolicyError {
  return new PolicyError('POLICY_CLAIM_UNKNOWN', pointer, `there is no claim ${claim}`)
}

function requirePossible(value: ClaimValue, type: ClaimType, pointer: string): void {
  const fits =
    type.kind === 'int'
      ? Number.isSafeInteger(value)
      : typeof value === (type.kind === 'bool' ? 'boolean' : type.kind)
  if (!fits) throw new PolicyError('POLICY_TYPE', pointer, `a value of the type ${type.kind} is expected`)
  if (type.kind === 'string' && type.values !== undefined && !type.values.some((each) => each === value))
    throw new PolicyError('POLICY_VALUE', pointer, `the claim is one of ${type.values.join(', ')}`)
}

/** As claim sets have it: from the name of the format on. */
function claimPath(
  [variable = '', first = '', ...members]: readonly string[],
  { formats }: Vocabulary,
): ClaimPath {
  if (variable !== 'evidence') return [variable, first, ...members]
  const format = formats.get(first)?.format
  const [member, ...rest] = members
  if (format === undefined || member === undefined) throw new Error('a claim that was resolved has a format')
  return [format, member, ...rest]
}
