import type { DefaultTreeAdapterMap } from 'parse5'

export type Node = DefaultTreeAdapterMap['node']
export type Element = DefaultTreeAdapterMap['element']

/** In the order of the document. */
export function* nodesIn(document: Node): Generator<{ node: Node; isInTemplate: boolean }> {
  const waiting = [{ node: document, isInTemplate: false }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, isInTemplate } = next
    yield next
    const children = 'childNodes' in node ? node.childNodes : []
    for (const child of children.toReversed()) waiting.push({ node: child, isInTemplate })
    if ('content' in node) waiting.push({ node: node.content, isInTemplate: true })
  }
}

export function attributesOf({ attrs }: Element): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(attrs.map(({ name, value }) => [name, value]))
}

export function textOf({ childNodes }: Pick<Element, 'childNodes'>): string {
  return childNodes.map((child) => ('value' in child ? child.value : '')).join('')
}

export function isModulePreload(element: Element): boolean {
  const { rel } = attributesOf(element)
  return element.tagName === 'link' && (rel ?? '').toLowerCase().split(/\s+/).includes('modulepreload')
}
