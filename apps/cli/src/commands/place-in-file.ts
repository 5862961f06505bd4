import { parseTree, type Node } from 'jsonc-parser'

/** A position in a text file, counted from 1; columns in UTF-16 code units. */
export interface Place {
  line: number
  column: number
}

/**
 * The position of the value at a JSON pointer (RFC 6901), or of the innermost existing value around it.
 *
 * @param offset of a character in that value, which is a string
 */
export function placeInFile(text: string, pointer: string, offset?: number): Place {
  const root = parseTree(text)
  if (root === undefined) return { line: 1, column: 1 }
  const node = nodeAt(root, pointer)
  const at = offset === undefined || node.type !== 'string' ? node.offset : characterAt(text, node, offset)
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

function nodeAt(root: Node, pointer: string): Node {
  let node = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const inside =
      node.type === 'array'
        ? node.children?.[Number(name)]
        : node.children?.find(({ children }) => children?.[0]?.value === name)?.children?.[1]
    if (inside === undefined) return node
    node = inside
  }
  return node
}

/** Escapes of JSON take two characters in the text, or six. */
function characterAt(text: string, { offset: start, length }: Node, offset: number): number {
  let at = start + 1
  for (let character = 0; character < offset && at < start + length - 1; character++)
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2
  return at
}
