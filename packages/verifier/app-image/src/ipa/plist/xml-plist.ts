import { SaxesParser } from 'saxes'
import { addToDict, deepestNesting, PlistError, unread, type PlistValue } from './plist-value.ts'

/**
 * Reads a property list in XML. The document is well-formed and UTF-8, declares no entities, and holds exactly one
 * value; keys stand once.
 *
 * @throws PlistError
 */
export function parseXmlPlist(text: string): PlistValue {
  const elements = new PlistElements()
  const parser = new SaxesParser()
  parser.on('error', (cause) => {
    throw new PlistError('the property list is not well-formed XML', { cause })
  })
  parser.on('xmldecl', ({ encoding = 'UTF-8' }) => {
    if (encoding.toUpperCase() !== 'UTF-8') throw new PlistError('the property list is not in UTF-8')
  })
  parser.on('doctype', (declaration) => {
    // A document's own entities could expand it without bound; Apple's declaration only names its DTD.
    if (declaration.includes('[')) throw new PlistError('the property list declares entities')
  })
  parser.on('opentag', ({ name }) => elements.open(name))
  parser.on('closetag', () => elements.close())
  parser.on('text', (part) => elements.text(part))
  parser.on('cdata', (part) => elements.text(part))
  parser.write(text).close()
  return elements.value()
}

/** A container that is open. The root is one too: an array of the one value that the document holds. */
type Container =
  | { kind: 'array'; items: PlistValue[] }
  | { kind: 'dict'; dict: Map<string, PlistValue>; key?: string | undefined }

const leaves = ['key', 'string', 'integer', 'real', 'date', 'data', 'true', 'false'] as const

/** An element that holds only text, with the text so far. */
interface Leaf {
  name: (typeof leaves)[number]
  text: string
}

class PlistElements {
  readonly #root: PlistValue[] = []
  readonly #open: Container[] = []
  #leaf: Leaf | undefined

  open(name: string): void {
    const parent = this.#open.at(-1)
    if (parent === undefined) {
      if (name !== 'plist') throw new PlistError('the root is not a property list')
      this.#open.push({ kind: 'array', items: this.#root })
      return
    }
    // In a dictionary keys and values alternate; elsewhere there are no keys.
    const keyIsDue = parent.kind === 'dict' && parent.key === undefined
    if (this.#leaf !== undefined || (name === 'key') !== keyIsDue) {
      throw new PlistError('an element is in the wrong place')
    }
    if (name === 'array') this.#push({ kind: 'array', items: [] })
    else if (name === 'dict') this.#push({ kind: 'dict', dict: new Map() })
    else this.#leaf = { name: leafName(name), text: '' }
  }

  text(part: string): void {
    if (this.#leaf !== undefined) this.#leaf.text += part
    else if (/[^ \t\r\n]/.test(part)) throw new PlistError('text is outside a value')
  }

  close(): void {
    const leaf = this.#leaf
    this.#leaf = undefined
    const closed = leaf === undefined ? containerValue(this.#open.pop() as Container) : leafValue(leaf)
    const parent = this.#open.at(-1)
    // The root is closed, and with it the document.
    if (parent === undefined) return
    if (parent.kind === 'array') parent.items.push(closed)
    else if (parent.key === undefined) parent.key = closed as string
    else {
      addToDict(parent.dict, parent.key, closed)
      parent.key = undefined
    }
  }

  /** Of the whole document, once it has been read. */
  value(): PlistValue {
    const [value, ...others] = this.#root
    if (value === undefined || others.length > 0) {
      throw new PlistError('the property list does not hold one value')
    }
    return value
  }

  #push(container: Container): void {
    if (this.#open.length > deepestNesting) throw new PlistError('the property list is nested too deep')
    this.#open.push(container)
  }
}

function leafName(name: string): Leaf['name'] {
  const leaf = leaves.find((each) => each === name)
  if (leaf === undefined) throw new PlistError('an element has an unknown type')
  return leaf
}

function containerValue(container: Container): PlistValue {
  if (container.kind === 'array') return container.items
  if (container.key !== undefined) throw new PlistError('a key has no value')
  return container.dict
}

function leafValue({ name, text }: Leaf): PlistValue {
  switch (name) {
    case 'key':
    case 'string':
      return text
    case 'true':
    case 'false':
      if (text !== '') throw new PlistError('a boolean holds text')
      return name === 'true'
    case 'integer':
    case 'real':
    case 'date':
      return unread
    case 'data':
      return dataOf(text)
  }
}

/** Base64 that may be broken into lines, and padded. */
function dataOf(text: string): Buffer {
  const encoded = text.replaceAll(/[ \t\r\n]/g, '')
  const data = Buffer.from(encoded, 'base64')
  if (data.toString('base64') !== encoded) throw new PlistError('data is not Base64')
  return data
}
