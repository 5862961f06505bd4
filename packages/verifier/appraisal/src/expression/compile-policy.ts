import { invalidArgument } from '@assay/protocol'
import { parse, plan } from '@bufbuild/cel'
import type { ClaimSet } from '../claims/claim-set.ts'
import { bind } from './bindings.ts'
import { check } from './check.ts'
import type { Expression, Known, Scope } from './checked.ts'
import { environment } from './functions.ts'
import { readRequirements } from './requirements.ts'
import { readPolicyDocument } from '../policy/policy-document.ts'
import { PolicyError } from '../errors/policy-error.ts'
import type { Policy } from '../policy/policy.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

type Bindings = ReturnType<typeof bind>

/**
 * Compiles a policy document. A compiled policy reads only existing claims, with their types, and checks before it
 * reads what may be missing; evaluating it takes time linear in its text and the claims.
 *
 * @param document parsed JSON from any source
 * @param vocabulary what it can refer to: `vocabularyOf` the schemes of the service
 * @throws PolicyError with the place of the first fault
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an empty id or a version that is not a positive integer
 */
export function compilePolicy(
  document: unknown,
  {
    id,
    version,
    vocabulary,
  }: { readonly id: string; readonly version: number; readonly vocabulary: Vocabulary },
): Policy {
  if (id === '' || !(Number.isSafeInteger(version) && version > 0))
    throw invalidArgument('a policy has an id, and a version from 1 on')
  const read = readPolicyDocument(document)
  const { required, known } = readRequirements(read.required, vocabulary)
  const reads = new Set<string>()
  const bindingsOf = remembered((claims) => bind(claims, reads, vocabulary))
  const rules = read.rules.map(({ when, tier, reason, vector }, i) => {
    const holds = compileExpression(when, {
      pointer: `/rules/${i}/when`,
      known,
      reads,
      vocabulary,
    })
    return {
      when: (claims: ClaimSet) => holds(bindingsOf(claims)),
      tier,
      ...(reason === undefined ? {} : { reason }),
      ...(vector === undefined ? {} : { vector }),
    }
  })
  return { id, version, required, rules }
}

/** All rules are evaluated over one claim set after the other. */
function remembered(bindingsOf: (claims: ClaimSet) => Bindings): (claims: ClaimSet) => Bindings {
  const last = new WeakMap<ClaimSet, Bindings>()
  return (claims) => {
    const bindings = last.get(claims) ?? bindingsOf(claims)
    last.set(claims, bindings)
    return bindings
  }
}

function compileExpression(
  text: string,
  {
    pointer,
    known,
    reads,
    vocabulary,
  }: {
    readonly pointer: string
    readonly known: Known
    readonly reads: Set<string>
    readonly vocabulary: Vocabulary
  },
): (bindings: Bindings) => boolean {
  const { expr, sourceInfo } = parsed(text, pointer)
  const fault: Scope['fault'] = (code, message, at) =>
    new PolicyError(code, pointer, message, sourceInfo?.positions[String(at.id)])
  const scope: Scope = {
    variables: vocabulary.variables,
    known,
    depth: 0,
    repeated: false,
    reads: (path) => reads.add(path),
    fault,
  }
  const { type } = check(expr, scope)
  if (type.kind !== 'bool') throw fault('POLICY_TYPE', `a condition is true or false, not ${type.kind}`, expr)
  return evaluation(expr)
}

function parsed(text: string, pointer: string): ReturnType<typeof parse> {
  try {
    return parse(text)
  } catch (error) {
    throw new PolicyError('POLICY_SYNTAX', pointer, 'this is not an expression of CEL', offsetOf(error))
  }
}

/** Where the parser stopped; it fails without a place where text nests deeper than its stack. */
function offsetOf(error: unknown): number | undefined {
  const { location } = error as { location?: { start?: { offset?: unknown } } }
  const offset = location?.start?.offset
  return typeof offset === 'number' ? offset : undefined
}

function evaluation(expression: Expression): (bindings: Bindings) => boolean {
  const evaluate = plan(environment, expression)
  return (bindings) => {
    const outcome = evaluate(bindings)
    // The library returns what it could not evaluate.
    if (typeof outcome !== 'boolean') throw new Error('the condition gave no answer', { cause: outcome })
    return outcome
  }
}
