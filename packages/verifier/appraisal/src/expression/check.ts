import { typeOf, type Member } from '@assay/evidence'
import {
  intersection,
  ofType,
  union,
  type Checked,
  type Expression,
  type Known,
  type Literal,
  type Scope,
} from './checked.ts'
import { application, entryPath, equality, membership, requireKind } from './operators.ts'

type Kind<Case extends Expression['exprKind']['case']> =
  Extract<Expression['exprKind'], { case: Case }> extends { value: infer Value } ? Value : never

/** Nesting of an expression; a chain of `||` nests once for each of its members. */
const deepest = 64

/**
 * The type of an expression. Expressions that pass can fail in three ways only: a number outgrows 64 bits, evidence
 * lacks a claim that it always has, or a claim is not of its type.
 *
 * @throws PolicyError made by the scope
 */
export function check(expression: Expression, outer: Scope): Checked {
  const scope = { ...outer, depth: outer.depth + 1 }
  if (scope.depth > deepest)
    throw scope.fault('POLICY_TOO_LARGE', `expressions nest at most ${deepest} times`, expression)
  const { exprKind } = expression
  switch (exprKind.case) {
    case 'constExpr':
      return literal(exprKind.value, scope, expression)
    case 'identExpr':
      return variable(exprKind.value.name, scope, expression)
    case 'selectExpr':
      return selection(exprKind.value, scope, expression)
    case 'callExpr':
      return call(exprKind.value, scope, expression)
    case 'listExpr':
      return list(exprKind.value, scope, expression)
    case 'comprehensionExpr':
      return fold(exprKind.value, scope, expression)
    case 'structExpr':
    case undefined:
      throw scope.fault('POLICY_FUNCTION', 'policies have no map or message literals', expression)
  }
}

function literal({ constantKind }: Kind<'constExpr'>, scope: Scope, at: Expression): Checked {
  const of = (kind: 'bool' | 'int' | 'double' | 'string', value: Literal) =>
    ofType({ kind }, { literals: [value] })
  switch (constantKind.case) {
    case 'boolValue':
      return of('bool', constantKind.value)
    case 'int64Value':
      if (BigInt.asIntN(64, constantKind.value) !== constantKind.value)
        throw scope.fault('POLICY_TYPE', 'an integer has 64 bits', at)
      return of('int', constantKind.value)
    case 'doubleValue':
      return of('double', constantKind.value)
    case 'stringValue':
      return of('string', constantKind.value)
    case 'nullValue':
      throw scope.fault('POLICY_TYPE', 'no claim is null: test for it with has(…)', at)
    default:
      throw scope.fault('POLICY_TYPE', 'literals are booleans, integers, numbers, strings and lists', at)
  }
}

function variable(name: string, scope: Scope, at: Expression): Checked {
  const declared = Object.hasOwn(scope.variables, name) ? scope.variables[name] : undefined
  if (declared === undefined) throw scope.fault('POLICY_CLAIM_UNKNOWN', `there is no ${name}`, at)
  const { member, path } = declared
  if (path === undefined) return ofType(typeOf(member))
  return claim(member, path, scope, at)
}

/** A claim that is read: known to be present, and of a readable type. */
function claim(member: Member, path: string, scope: Scope, at: Expression): Checked {
  const type = typeOf(member)
  if (type.kind === 'opaque')
    throw scope.fault('POLICY_CLAIM_UNKNOWN', `${path} is nothing that policies can read`, at)
  if (member.kind === 'optional' && !scope.known.has(evidenceOf(path)))
    throw scope.fault('POLICY_CLAIM_UNGUARDED', `${path} may be missing: ask has(${path}) before`, at)
  scope.reads(path)
  return ofType(type, { path })
}

function selection({ operand, field, testOnly }: Kind<'selectExpr'>, scope: Scope, at: Expression): Checked {
  if (operand === undefined) throw scope.fault('POLICY_SYNTAX', 'a member of nothing', at)
  const { type, path: parent } = check(operand, scope)
  if (type.kind !== 'record' || parent === undefined)
    throw scope.fault('POLICY_TYPE', `a ${type.kind} has no members`, at)
  const path = `${parent}.${field}`
  const member = Object.hasOwn(type.members, field) ? type.members[field] : undefined
  if (member === undefined) throw scope.fault('POLICY_CLAIM_UNKNOWN', `there is no ${path}`, at)
  if (!testOnly) return claim(member, path, scope, at)
  scope.reads(path)
  return { ...ofType({ kind: 'bool' }), ifTrue: new Set([evidenceOf(path)]) }
}

/** An age exists whenever its evidence does. */
function evidenceOf(path: string): string {
  return path.replace(/^ages\./, 'evidence.')
}

function call({ function: name, target, args }: Kind<'callExpr'>, scope: Scope, at: Expression): Checked {
  const isMethod = target !== undefined
  const [first, second, third] = isMethod ? [target, ...args] : args
  if (!isMethod && first !== undefined && second !== undefined) {
    if (third !== undefined && name === '_?_:_') return choice([first, second, third], scope, at)
    if (name === '_&&_' || name === '_||_') return junction(name, [first, second], scope)
    if (name === '_[_]') return entry(first, second, scope, at)
    const operands = [check(first, scope), check(second, scope)] as const
    if (name === '_==_' || name === '_!=_') return equality(...operands, scope, at)
    if (name === '@in') return membership(...operands, scope, at)
  }
  if (!isMethod && first !== undefined && (name === '!_' || name === '@not_strictly_false'))
    return negation(name, check(first, scope), scope, at)
  const operands = [...(isMethod ? [target] : []), ...args].map((operand) => check(operand, scope))
  return application({ name, isMethod }, operands, scope, at)
}

/** The second operand is evaluated if the first leaves the result open, and may rely on what the first established. */
function junction(
  name: '_&&_' | '_||_',
  [first, second]: readonly [Expression, Expression],
  scope: Scope,
): Checked {
  const isAnd = name === '_&&_'
  const left = check(first, scope)
  const right = check(second, { ...scope, known: union(scope.known, isAnd ? left.ifTrue : left.ifFalse) })
  requireKind('bool', left, scope, first)
  requireKind('bool', right, scope, second)
  return {
    type: { kind: 'bool' },
    ifTrue: (isAnd ? union : intersection)(left.ifTrue, right.ifTrue),
    ifFalse: (isAnd ? intersection : union)(left.ifFalse, right.ifFalse),
  }
}

function negation(
  name: '!_' | '@not_strictly_false',
  operand: Checked,
  scope: Scope,
  at: Expression,
): Checked {
  requireKind('bool', operand, scope, at)
  if (name !== '!_') return operand
  return { type: { kind: 'bool' }, ifTrue: operand.ifFalse, ifFalse: operand.ifTrue }
}

function choice(
  [condition, yes, no]: readonly [Expression, Expression, Expression],
  scope: Scope,
  at: Expression,
): Checked {
  const asked = check(condition, scope)
  requireKind('bool', asked, scope, condition)
  const under = (known: Known) => ({ ...scope, known: union(scope.known, known) })
  const one = check(yes, under(asked.ifTrue))
  const other = check(no, under(asked.ifFalse))
  const { kind } = one.type
  if (kind === 'record' || kind === 'list' || kind !== other.type.kind)
    throw scope.fault('POLICY_TYPE', 'both outcomes of a choice are scalars of one kind', at)
  // Neither the values nor the literals of one outcome are those of the whole.
  return ofType({ kind })
}

/** `map['name']`, if `'name' in map` was checked before. */
function entry(map: Expression, index: Expression, scope: Scope, at: Expression): Checked {
  const { type, path } = check(map, scope)
  const { literals = [] } = check(index, scope)
  const [name] = literals
  if ((type.kind !== 'counts' && type.kind !== 'probes') || path === undefined || typeof name !== 'string')
    throw scope.fault('POLICY_TYPE', 'brackets take a literal name, after claims by name', at)
  if (!scope.known.has(entryPath(path, name)))
    throw scope.fault('POLICY_CLAIM_UNGUARDED', `ask '${name}' in ${path} before`, at)
  return ofType({ kind: type.kind === 'probes' ? 'answer' : 'int' })
}

function list({ elements }: Kind<'listExpr'>, scope: Scope, at: Expression): Checked {
  const checked = elements.map((element) => check(element, scope))
  const kinds = new Set(checked.map(({ type }) => type.kind))
  const [kind] = kinds
  if (kinds.size !== 1 || (kind !== 'int' && kind !== 'string'))
    throw scope.fault(
      'POLICY_TYPE',
      'the elements of a list are all strings or all integers, and there is at least one',
      at,
    )
  const literals = checked.map((each) => each.literals?.[0])
  if (!literals.every((each) => each !== undefined)) return ofType({ kind: 'list', of: { kind } })
  return ofType({ kind: 'list', of: { kind } }, { literals })
}

/** The macros `exists`, `all` and `exists_one`. They cannot be nested, so time stays linear. */
function fold(
  { iterVar, iterVar2, iterRange, accuVar, accuInit, ...steps }: Kind<'comprehensionExpr'>,
  scope: Scope,
  at: Expression,
): Checked {
  const { loopCondition, loopStep, result } = steps
  if (!iterRange || !loopCondition || !loopStep || !result || accuInit?.exprKind.case !== 'constExpr')
    throw scope.fault('POLICY_FUNCTION', 'policies have the macros exists, all and exists_one', at)
  if (scope.repeated) throw scope.fault('POLICY_TOO_LARGE', 'a macro over a list is inside another', at)
  const range = check(iterRange, scope)
  if (range.type.kind !== 'list' || iterVar2 !== '')
    throw scope.fault('POLICY_TYPE', `exists and all go over lists, not over ${range.type.kind}`, at)
  if (Object.hasOwn(scope.variables, iterVar))
    throw scope.fault('POLICY_CLAIM_UNKNOWN', `${iterVar} is taken: give the element another name`, at)
  const accumulated = check(accuInit, scope)
  const { kind } = accumulated.type
  if (kind !== 'bool' && kind !== 'int')
    throw scope.fault('POLICY_FUNCTION', 'policies have no such macro', at)
  const variables = {
    ...scope.variables,
    [iterVar]: { member: range.type.of },
    [accuVar]: { member: { kind } },
  }
  const inner = { ...scope, variables, repeated: true } as const
  requireKind('bool', check(loopCondition, inner), scope, at)
  requireKind(kind, check(loopStep, inner), scope, at)
  return ofType(check(result, inner).type)
}
