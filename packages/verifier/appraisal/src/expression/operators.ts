import { ofType, type Checked, type Expression, type ExpressionType, type Scope } from './checked.ts'

type Kind = ExpressionType['kind']

const comparable: readonly Kind[] = ['bool', 'int', 'double', 'string', 'answer']

/** `==` and `!=`: two scalars of one kind; an answer to a probe and any scalar. */
export function equality(left: Checked, right: Checked, scope: Scope, at: Expression): Checked {
  const kinds = [left.type.kind, right.type.kind]
  const fits = kinds.includes('answer') || kinds[0] === kinds[1]
  if (!fits || !kinds.every((kind) => comparable.includes(kind)))
    throw scope.fault('POLICY_TYPE', `${kinds.join(' and ')} cannot be compared`, at)
  for (const [one, other] of pairs(left, right)) requirePossible(one, other, scope, at)
  return ofType({ kind: 'bool' })
}

/** `in` a list, or among the names of a map. */
export function membership(element: Checked, list: Checked, scope: Scope, at: Expression): Checked {
  const { type } = list
  if (type.kind === 'list') {
    equality({ ...element }, { ...list, type: type.of }, scope, at)
    return ofType({ kind: 'bool' })
  }
  if (type.kind !== 'counts' && type.kind !== 'probes')
    throw scope.fault('POLICY_TYPE', `nothing is in a ${type.kind}`, at)
  requireKind('string', element, scope, at)
  const [name] = element.literals ?? []
  const found = new Set(name === undefined || list.path === undefined ? [] : [entryPath(list.path, name)])
  return { ...ofType({ kind: 'bool' }), ifTrue: found }
}

/** The known properties of the value that a map has under this name. */
export function entryPath(map: string, name: unknown): string {
  return `${map}[${JSON.stringify(name)}]`
}

export function requireKind(kind: Kind, operand: Checked, scope: Scope, at: Expression): void {
  if (operand.type.kind !== kind)
    throw scope.fault('POLICY_TYPE', `${kind} is expected, not ${operand.type.kind}`, at)
}

/** Operands of one kind, by which operators and functions are told apart, and the kind of the result. */
interface Signature {
  readonly operands: readonly Kind[]
  readonly result: 'bool' | 'int'
}

const signatures: Readonly<Record<string, readonly Signature[]>> = {
  '_<_': order(),
  '_<=_': order(),
  '_>_': order(),
  '_>=_': order(),
  '_+_': arithmetic(2),
  '_-_': arithmetic(2),
  '_*_': arithmetic(2),
  '-_': arithmetic(1),
  size: sizes(),
  monthsSince: arithmetic(2),
}

/** Functions that follow their first operand and a dot. */
const methods: Readonly<Record<string, readonly Signature[]>> = {
  startsWith: strings(),
  endsWith: strings(),
  contains: strings(),
  size: sizes(),
  found: [
    { operands: ['probes', 'string'], result: 'bool' },
    { operands: ['probes', 'string', 'list'], result: 'bool' },
  ],
  unanswered: [{ operands: ['probes', 'string'], result: 'bool' }],
}

/** Every other operator and function. */
export function application(
  call: { readonly name: string; readonly isMethod: boolean },
  operands: readonly Checked[],
  scope: Scope,
  at: Expression,
): Checked {
  const table = call.isMethod ? methods : signatures
  const known = Object.hasOwn(table, call.name) ? table[call.name] : undefined
  if (known === undefined) throw scope.fault('POLICY_FUNCTION', unknownFunction(call.name), at)
  const kinds = operands.map(({ type }) => type.kind)
  const signature = known.find(
    (each) => each.operands.length === kinds.length && each.operands.every((kind, i) => kind === kinds[i]),
  )
  if (signature === undefined)
    throw scope.fault('POLICY_TYPE', `${call.name} does not take ${kinds.join(', ')}`, at)
  return ofType({ kind: signature.result })
}

function unknownFunction(name: string): string {
  if (name === 'matches')
    return 'policies have no regular expressions: use ==, in, startsWith, endsWith, contains'
  return `policies have no function ${name}`
}

function pairs(a: Checked, b: Checked): readonly (readonly [Checked, Checked])[] {
  return [
    [a, b],
    [b, a],
  ]
}

/** A claim with a fixed set of values must be compared with one of them; otherwise the comparison is a slip. */
function requirePossible({ type }: Checked, { literals }: Checked, scope: Scope, at: Expression): void {
  if (type.kind !== 'string' || type.values === undefined || literals === undefined) return
  const { values } = type
  const impossible = literals.filter((literal) => !values.some((value) => value === literal))
  if (impossible.length > 0)
    throw scope.fault('POLICY_VALUE', `never ${impossible.join(', ')}, but one of ${values.join(', ')}`, at)
}

function order(): readonly Signature[] {
  return [{ operands: ['int', 'int'], result: 'bool' }]
}

function arithmetic(operands: 1 | 2): readonly Signature[] {
  return [{ operands: operands === 1 ? ['int'] : ['int', 'int'], result: 'int' }]
}

function strings(): readonly Signature[] {
  return [{ operands: ['string', 'string'], result: 'bool' }]
}

function sizes(): readonly Signature[] {
  return (['list', 'counts', 'probes', 'string'] as const).map((kind) => ({
    operands: [kind],
    result: 'int',
  }))
}
