import { mutateBytes } from './bytes.ts'
import type { Material, Mutator } from './mutator.ts'
import type { Random } from './random.ts'
import { mutateTree, type TreeNode } from './tree.ts'

interface DerNode extends TreeNode<DerNode> {
  tag: Uint8Array
  /** Octets before the children: the count of unused bits, where a BIT STRING holds an encoding. */
  prefix: Uint8Array
  content: Uint8Array
  /** How the length is written; a number is added to the true one. */
  length: 'shortest' | 'padded' | 'indefinite' | 'huge' | number
}

const none = new Uint8Array(0)
const octetString = 0x04
const bitString = 0x03
const sequence = Uint8Array.of(0x30)

const tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31]
const contextTags = [0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xa3, 0x1f, 0x00]
const longTags = [
  'bf8358',
  'bf853d',
  'bf853e',
  'bf8545',
  'bf8546',
  'bf857f',
  'bf8001',
  'bf05',
  'bfffffffff7f',
]
const contents = [
  '',
  '00',
  '01',
  'ff',
  '80',
  '0080',
  '00ff',
  'ff80',
  '7fffffffffffffff',
  '2a8648',
  '8001',
  '88378001',
]

/** Edits of an encoding in DER or BER: whole elements, their tags, contents and lengths, and those around kept right. */
export const mutateDer: Mutator = (input, material) => {
  const nodes = readNodes(input, 0)
  const root = nodes?.[0]
  if (nodes?.length !== 1 || root === undefined) return undefined
  const donor = readNodes(material.another(), 0)?.[0]
  const edits = {
    change: (node: DerNode) => changeNode(node, material),
    enclose: (node: DerNode, random: Random): DerNode => ({
      ...leaf(sequence, none),
      tag: Uint8Array.of(random.pick([0x30, 0x31, 0xa0, 0xa1, 0xa3, octetString])),
      children: [node],
    }),
  }
  return writeNode(mutateTree(root, donor, edits, material.random))
}

function changeNode(node: DerNode, material: Material): void {
  const { random } = material
  switch (random.below(7)) {
    case 0:
      node.tag = Uint8Array.of(random.pick(random.oneIn(3) ? contextTags : tags))
      return
    case 1:
      node.tag = Buffer.from(random.pick(longTags), 'hex')
      return
    case 2:
      node.length = random.pick(['padded', 'indefinite', 'huge', 1, -1, 128] as const)
      return
    case 3:
      node.children = undefined
      node.content = Buffer.from(random.pick(contents), 'hex')
      return
    case 4:
      node.children = undefined
      node.content = random.oneIn(16) ? new Uint8Array(70_000) : random.bytes(random.below(24))
      return
    default:
      if (node.children === undefined) node.content = mutateBytes(node.content, material)
      else if (node.prefix.length > 0) node.prefix = Uint8Array.of(random.below(10))
      else node.content = random.bytes(random.below(4))
  }
}

function leaf(tag: Uint8Array, content: Uint8Array): DerNode {
  return { tag, content, prefix: none, children: undefined, length: 'shortest' }
}

/** The elements of well-formed DER; undefined for anything else. */
function readNodes(bytes: Uint8Array, depth: number): DerNode[] | undefined {
  const nodes: DerNode[] = []
  let at = 0
  while (at < bytes.length) {
    const read = readNode(bytes, at, depth)
    if (read === undefined) return undefined
    nodes.push(read.node)
    at = read.end
  }
  return nodes
}

function readNode(
  bytes: Uint8Array,
  from: number,
  depth: number,
): { node: DerNode; end: number } | undefined {
  let at = from + 1
  if (((bytes[from] as number) & 0x1f) === 0x1f) while (((bytes[at++] ?? 0) & 0x80) !== 0);
  const tag = bytes.subarray(from, at)
  let length = bytes[at++] ?? 0x80
  if (length === 0x80) return undefined
  if (length > 0x80) {
    const octets = length & 0x7f
    if (octets > 4) return undefined
    length = 0
    for (let left = octets; left > 0; left--) length = length * 256 + (bytes[at++] ?? 0)
  }
  const content = bytes.subarray(at, at + length)
  if (content.length !== length) return undefined
  return { node: openNode(leaf(tag, content), depth), end: at + length }
}

/** Looks inside: also into strings that hold an encoding, as extensions and keys do. */
function openNode(node: DerNode, depth: number): DerNode {
  const [first = 0] = node.tag
  if (depth > 40 || node.content.length === 0) return node
  const skip = first === bitString ? 1 : 0
  if ((first & 0x20) === 0 && first !== octetString && first !== bitString) return node
  const children = readNodes(node.content.subarray(skip), depth + 1)
  if (children === undefined || children.length === 0) return node
  return { ...node, prefix: node.content.subarray(0, skip), children }
}

function writeNode(node: DerNode): Buffer {
  const inner = node.children?.map(writeNode) ?? [node.content]
  const content = Buffer.concat([node.prefix, ...inner])
  if (node.length === 'indefinite')
    return Buffer.concat([node.tag, Uint8Array.of(0x80), content, new Uint8Array(2)])
  return Buffer.concat([node.tag, lengthOctets(content.length, node.length), content])
}

function lengthOctets(length: number, form: Exclude<DerNode['length'], 'indefinite'>): Uint8Array {
  if (form === 'huge') return Uint8Array.of(0x84, 0xff, 0xff, 0xff, 0xff)
  const written = typeof form === 'number' ? Math.max(0, length + form) : length
  if (written < 0x80 && form !== 'padded') return Uint8Array.of(written)
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(written)
  const first = form === 'padded' ? 0 : octets.findIndex((octet) => octet !== 0)
  return Buffer.concat([Uint8Array.of(0x80 | (4 - first)), octets.subarray(first)])
}
