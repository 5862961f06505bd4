import { pageBuildId } from '@assay/protocol'
import { parse } from 'parse5'
import { attributesOf, isModulePreload, nodesIn, textOf, type Element, type Node } from './page-nodes.ts'
import { WebBuildError } from './web-build-error.ts'

/** `id` of the import map that pins lazy chunks. */
export const integrityId = 'assay-integrity'

/** A part of a page: from the first character to before the last. */
interface Range {
  start: number
  end: number
}

/** What a page holds of Assay, and where more may be written. */
export interface PageBlocks {
  /** The text of the block that names the build, as browsers find it; undefined: there is none. */
  text: string | undefined
  /** Where Assay's elements stand, in the order of the page, each with the line break after it. */
  written: readonly Range[]
  /** Whether it has an import map of its own. */
  hasOwnMap: boolean
  /** Before the first script, or what loads one; undefined: the page has neither. */
  place: number | undefined
}

/**
 * Looks through a page as browsers do.
 *
 * @param name of the page, for errors
 * @throws WebBuildError `WEB_BLOCK_TWICE` or `WEB_BLOCK_HIDDEN`
 */
export function readPageBlocks(name: string, page: string): PageBlocks {
  const written: Range[] = []
  let text: string | undefined
  let hasOwnMap = false
  let place: number | undefined
  for (const { node, isInTemplate } of nodesIn(parse(page, { sourceCodeLocationInfo: true }))) {
    const hidden = hiddenText(node)
    if (hidden !== undefined && writtenBlock.test(hidden)) throw refused('WEB_BLOCK_HIDDEN', name)
    if (!('tagName' in node)) continue
    const { id } = attributesOf(node)
    const location = node.sourceCodeLocation
    if (id === pageBuildId || id === integrityId) {
      if (isInTemplate) throw refused('WEB_BLOCK_HIDDEN', name)
      if (!isOurs(node) || !location || (id === pageBuildId && text !== undefined))
        throw refused('WEB_BLOCK_TWICE', name)
      if (id === pageBuildId) text = textOf(node)
      const end = location.endOffset
      written.push({ start: location.startOffset, end: page.startsWith('\n', end) ? end + 1 : end })
    } else if (!isInTemplate && loadsScript(node)) {
      place ??= location?.startOffset
      hasOwnMap ||= attributesOf(node).type?.toLowerCase() === 'importmap'
    }
  }
  return { text, written, hasOwnMap, place }
}

/** As text: neither comments nor what stands in `noscript` is parsed where scripts run. */
const writtenBlock = new RegExp(`<script\\b[^>]*\\bid\\s*=\\s*["']?${pageBuildId}\\b`, 'i')

function hiddenText(node: Node): string | undefined {
  if (node.nodeName === '#comment' && 'data' in node) return node.data
  return node.nodeName === 'noscript' && 'childNodes' in node ? textOf(node) : undefined
}

function isOurs(element: Element): boolean {
  const { id, type } = attributesOf(element)
  const wanted = id === pageBuildId ? 'application/json' : 'importmap'
  return element.tagName === 'script' && type?.toLowerCase() === wanted
}

function loadsScript(element: Element): boolean {
  return element.tagName === 'script' || isModulePreload(element)
}

function refused(code: 'WEB_BLOCK_TWICE' | 'WEB_BLOCK_HIDDEN', name: string): WebBuildError {
  const what = {
    WEB_BLOCK_TWICE: `${name} holds more than one block of Assay, or another element with its id`,
    WEB_BLOCK_HIDDEN: `${name} holds a block of Assay where browsers do not find it`,
  }
  return new WebBuildError(code, what[code])
}
