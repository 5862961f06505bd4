import type { Random } from './random.ts'

/** A structure of nested parts, as DER, CBOR and JSON have it. */
export interface TreeNode<Node> {
  /** Undefined for a leaf. */
  children: Node[] | undefined
}

interface Place<Node> {
  readonly siblings: Node[]
  readonly index: number
}

/** Edits of one encoding: the changes of a single part, and the form of deep nesting. */
export interface TreeEdits<Node> {
  /** Changes a node itself: its content, its type, the form of its header. */
  readonly change: (node: Node, random: Random) => void
  /** Something that encloses `node`. */
  readonly enclose: (node: Node, random: Random) => Node
}

/** Changes one to three places of the tree under `root`, in place; `donor` is another tree of the same kind. */
export function mutateTree<Node extends TreeNode<Node>>(
  root: Node,
  donor: Node | undefined,
  edits: TreeEdits<Node>,
  random: Random,
): Node {
  const top: Node[] = [root]
  for (let left = 1 + random.below(3); left > 0; left--) {
    const places = placesIn(top)
    if (places.length === 0) break
    editAt(random.pick(places), donor, edits, random)
  }
  return top[0] ?? root
}

function editAt<Node extends TreeNode<Node>>(
  { siblings, index }: Place<Node>,
  donor: Node | undefined,
  edits: TreeEdits<Node>,
  random: Random,
): void {
  const node = siblings[index] as Node
  switch (random.below(12)) {
    case 0:
      siblings.splice(index, 1)
      return
    case 1:
      siblings.splice(index, 0, copyOf(node))
      return
    case 2: {
      const other = random.below(siblings.length)
      siblings[index] = siblings[other] as Node
      siblings[other] = node
      return
    }
    case 3:
    case 4: {
      const [graft] = donor === undefined ? [node] : pickNodes(donor, random)
      if (random.oneIn(2)) siblings[index] = copyOf(graft)
      else siblings.splice(index, 0, copyOf(graft))
      return
    }
    case 5: {
      // Now and then deeper than any reader accepts.
      let enclosed = node
      for (let depth = random.oneIn(8) ? 40 : 1; depth > 0; depth--)
        enclosed = edits.enclose(enclosed, random)
      siblings[index] = enclosed
      return
    }
    default:
      edits.change(node, random)
  }
}

function pickNodes<Node extends TreeNode<Node>>(root: Node, random: Random): [Node] {
  const { siblings, index } = random.pick(placesIn([root]))
  return [siblings[index] as Node]
}

function placesIn<Node extends TreeNode<Node>>(siblings: Node[], places: Place<Node>[] = []): Place<Node>[] {
  for (let index = 0; index < siblings.length; index++) {
    places.push({ siblings, index })
    const { children } = siblings[index] as Node
    if (children !== undefined) placesIn(children, places)
  }
  return places
}

// Contents are shared: no edit changes one in place.
function copyOf<Node extends TreeNode<Node>>(node: Node): Node {
  return { ...node, children: node.children?.map(copyOf) }
}
