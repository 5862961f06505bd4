import { mutateBytes } from './bytes.ts'
import type { Material, Mutator } from './mutator.ts'
import type { Random } from './random.ts'
import { mutateTree, type TreeNode } from './tree.ts'

interface JsonNode extends TreeNode<JsonNode> {
  /** As written: a JSON string. Undefined for what is not a member of an object. */
  name: string | undefined
  /** As written; of arrays and objects their brackets. */
  text: string
}

const literals = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e400',
  '9007199254740993',
  '4294967296',
  '""',
  '[]',
  '{}',
]
const odd = [
  'NaN',
  '01',
  '+1',
  "'a'",
  '"\\ud800"',
  '"\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '"a\\u0062"',
  ' 1 ',
  '\ufeff1',
  '"\t"',
]
const names = ['"__proto__"', '"constructor"', '""', '"a\\u0062"', '"\\ud83d\\ude00"', '"\ud83d"', 'a']

/** Edits of JSON: members, names and values, twice, escaped, or as only a lenient parser would take them. */
export const mutateJson: Mutator = (input, material) => {
  const root = readJson(input)
  if (root === undefined) return undefined
  const edits = {
    change: (node: JsonNode) => changeNode(node, material),
    enclose: (node: JsonNode, random: Random): JsonNode => ({
      name: node.name,
      text: random.pick(['[]', '{}']),
      children: [{ ...node, name: random.pick(names) }],
    }),
  }
  const mutated = mutateTree(root, readJson(material.another()), edits, material.random)
  return Buffer.from(writeNode(mutated, material.random), 'utf8')
}

function changeNode(node: JsonNode, material: Material): void {
  const { random } = material
  switch (random.below(8)) {
    case 0:
      node.children = undefined
      node.text = random.pick(literals)
      return
    case 1:
      node.children = undefined
      node.text = random.pick(odd)
      return
    case 2:
      node.name = random.pick(names)
      return
    case 3:
      if (node.name !== undefined) node.name = escaped(node.name, random)
      return
    case 4:
      node.children = undefined
      node.text = JSON.stringify('x'.repeat(random.oneIn(16) ? 70_000 : random.below(200)))
      return
    default:
      changeText(node, material)
  }
}

function changeText(node: JsonNode, material: Material): void {
  if (node.children !== undefined) return
  const { random, dictionary } = material
  const value = parsed(node.text)
  if (typeof value === 'number' && random.oneIn(2)) {
    node.text = String(value + random.pick([1, -1, 0.5, 1000, -1000, 1e9]))
  } else if (dictionary.length > 0 && random.oneIn(3)) {
    node.text = JSON.stringify(Buffer.from(random.pick(dictionary)).toString('utf8'))
  } else if (typeof value === 'string') {
    node.text = JSON.stringify(Buffer.from(mutateBytes(Buffer.from(value), material)).toString('latin1'))
  } else {
    node.text = Buffer.from(mutateBytes(Buffer.from(node.text), material)).toString('latin1')
  }
}

function escaped(name: string, random: Random): string {
  const at = 1 + random.below(Math.max(1, name.length - 2))
  const unit = name.charCodeAt(at).toString(16).padStart(4, '0')
  return `${name.slice(0, at)}\\u${unit}${name.slice(at + 1)}`
}

function readJson(input: Uint8Array): JsonNode | undefined {
  const value = parsed(Buffer.from(input).toString('utf8'))
  return value === undefined ? undefined : nodeOf(undefined, value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function nodeOf(name: string | undefined, value: unknown): JsonNode {
  if (Array.isArray(value))
    return { name, text: '[]', children: value.map((each) => nodeOf(undefined, each)) }
  if (typeof value === 'object' && value !== null) {
    const children = Object.entries(value).map(([key, each]) => nodeOf(JSON.stringify(key), each))
    return { name, text: '{}', children }
  }
  return { name, text: JSON.stringify(value), children: undefined }
}

function writeNode({ text, children }: JsonNode, random: Random): string {
  if (children === undefined) return text
  const isObject = text === '{}'
  const inner = children.map((child) => {
    const value = writeNode(child, random)
    return isObject ? `${child.name ?? '"member"'}:${value}` : value
  })
  const [open, close] = isObject ? ['{', '}'] : ['[', ']']
  const separator = random.oneIn(400) ? ' ,\n' : ','
  return `${open}${inner.join(separator)}${random.oneIn(400) ? ',' : ''}${close}`
}
