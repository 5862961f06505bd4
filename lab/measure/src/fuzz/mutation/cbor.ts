import { mutateBytes } from './bytes.ts'
import { mutateDer } from './der.ts'
import type { Material, Mutator } from './mutator.ts'
import { mutateTree, type TreeNode } from './tree.ts'

interface CborNode extends TreeNode<CborNode> {
  major: number
  /** The argument of the head; of strings, arrays and maps it is found when the node is written. */
  argument: bigint
  content: Uint8Array
  /** How the head is written; a number is added to the true length. */
  head: 'shortest' | 'wide' | 'indefinite' | 'reserved' | 'huge' | number
}

const none = new Uint8Array(0)
const numbers = [0n, 1n, 7n, 23n, 24n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n]

/** Edits of CBOR: whole items, their types, heads and contents; byte strings that hold DER are edited as such. */
export const mutateCbor: Mutator = (input, material) => {
  const read = readNode(input, 0, 0)
  if (read === undefined) return undefined
  const rest = input.subarray(read.end)
  const donor = readNode(material.another(), 0, 0)?.node
  const edits = {
    change: (node: CborNode) => changeNode(node, material),
    enclose: (node: CborNode): CborNode => ({
      ...item(material.random.pick([4, 5, 6]), 1n),
      children: [node],
    }),
  }
  return Buffer.concat([writeNode(mutateTree(read.node, donor, edits, material.random)), rest])
}

function changeNode(node: CborNode, material: Material): void {
  const { random } = material
  switch (random.below(8)) {
    case 0:
      node.major = random.below(8)
      return
    case 1:
      node.head = random.pick(['wide', 'indefinite', 'reserved', 'huge', 1, -1] as const)
      return
    case 2:
      node.argument = random.pick(numbers)
      return
    case 3:
      node.content = random.oneIn(16) ? new Uint8Array(70_000) : random.bytes(random.below(24))
      return
    default:
      node.content = changeContent(node.content, material)
      if (node.content.length === 0) node.argument = BigInt(random.below(40))
  }
}

function changeContent(content: Uint8Array, material: Material): Uint8Array {
  if (material.random.oneIn(4)) return mutateBytes(content, material)
  const itself = { ...material, another: () => content }
  return mutateDer(content, itself) ?? mutateTail(content, itself) ?? mutateBytes(content, material)
}

/** Octets before the items that authenticator data (WebAuthn section 6.1) ends with, and how many of those to pass over. */
const tails = [
  [37, 0],
  [87, 0],
  [87, 1],
] as const

function mutateTail(content: Uint8Array, material: Material): Uint8Array | undefined {
  const [fixed, items] = material.random.pick(tails)
  let at: number | undefined = fixed
  for (let left: number = items; left > 0; left--) at = at && readNode(content, at, 0)?.end
  if (at === undefined || at >= content.length) return undefined
  const tail = content.subarray(at)
  const mutated = mutateCbor(tail, { ...material, another: () => tail })
  return mutated && Buffer.concat([content.subarray(0, at), mutated])
}

function item(major: number, argument: bigint, content: Uint8Array = none): CborNode {
  return { major, argument, content, children: undefined, head: 'shortest' }
}

function readNode(
  bytes: Uint8Array,
  from: number,
  depth: number,
): { node: CborNode; end: number } | undefined {
  const first = bytes[from]
  if (first === undefined || depth > 40) return undefined
  const major = first >> 5
  const info = first & 0x1f
  const width = info < 24 ? 0 : 1 << (info - 24)
  if (info > 27 || from + 1 + width > bytes.length) return undefined
  let argument = BigInt(info)
  if (width > 0)
    argument = BigInt(`0x${Buffer.from(bytes.subarray(from + 1, from + 1 + width)).toString('hex')}`)
  const at = from + 1 + width
  switch (major) {
    case 2:
    case 3: {
      const end = at + Number(argument)
      return end > bytes.length ? undefined : { node: item(major, argument, bytes.subarray(at, end)), end }
    }
    case 4:
    case 5:
    case 6:
      return readChildren(item(major, argument), bytes, at, depth)
    default:
      return {
        node: item(major, argument, info > 24 && major === 7 ? bytes.subarray(at - width, at) : none),
        end: at,
      }
  }
}

function readChildren(
  node: CborNode,
  bytes: Uint8Array,
  from: number,
  depth: number,
): { node: CborNode; end: number } | undefined {
  const count = node.major === 6 ? 1n : node.argument * (node.major === 5 ? 2n : 1n)
  if (count > BigInt(bytes.length)) return undefined
  const children: CborNode[] = []
  let at = from
  for (let left = Number(count); left > 0; left--) {
    const read = readNode(bytes, at, depth + 1)
    if (read === undefined) return undefined
    children.push(read.node)
    at = read.end
  }
  return { node: { ...node, children }, end: at }
}

function writeNode(node: CborNode): Buffer {
  const { major, children } = node
  if (major === 7 && node.content.length > 0) return Buffer.concat([floatHead(node.content), node.content])
  const content = children === undefined ? node.content : Buffer.concat(children.map(writeNode))
  const argument = lengthOf(node)
  const delta = typeof node.head === 'number' && argument + BigInt(node.head) >= 0n ? BigInt(node.head) : 0n
  return Buffer.concat([headOf(major, argument + delta, node.head), content])
}

function lengthOf({ major, argument, content, children }: CborNode): bigint {
  if (major === 2 || major === 3) return BigInt(content.length)
  if (children === undefined || major === 6) return argument
  return BigInt(major === 5 ? children.length >> 1 : children.length)
}

function floatHead(content: Uint8Array): Uint8Array {
  return Uint8Array.of(0xe0 | (content.length === 2 ? 25 : content.length === 4 ? 26 : 27))
}

function headOf(major: number, argument: bigint, form: CborNode['head']): Buffer {
  const type = major << 5
  if (form === 'indefinite') return Buffer.of(type | 31)
  if (form === 'reserved') return Buffer.of(type | 28)
  if (form === 'huge') return Buffer.concat([Buffer.of(type | 27), Buffer.alloc(8, 0x7f)])
  if (argument < 24n && form !== 'wide') return Buffer.of(type | Number(argument))
  const size = [1, 2, 4].findIndex((octets) => argument < 2n ** BigInt(8 * octets))
  const exponent = Math.min(3, (size === -1 ? 3 : size) + (form === 'wide' ? 1 : 0))
  const octets = Buffer.from(argument.toString(16).padStart(2 ** (exponent + 1), '0'), 'hex')
  return Buffer.concat([Buffer.of(type | (24 + exponent)), octets])
}
