import { parse } from 'parse5'
import { attributesOf, isModulePreload, nodesIn, textOf } from './page-nodes.ts'

/** What a page runs. */
export interface PageScripts {
  /** URLs of what it loads at its start. */
  loads: readonly string[]
  inline: readonly { text: string; isModule: boolean; base: string }[]
}

/** @param url of the page */
export function readScripts(page: string, url: string): PageScripts {
  const loads: string[] = []
  const inline: { text: string; isModule: boolean; base: string }[] = []
  let base: string | undefined
  const load = (target: string, from: string) => {
    if (URL.canParse(target, from)) loads.push(new URL(target, from).href)
  }
  for (const { node, isInTemplate } of nodesIn(parse(page))) {
    if (!('tagName' in node) || isInTemplate) continue
    const { href, src, type } = attributesOf(node)
    const here = base ?? url
    // The first one counts.
    if (node.tagName === 'base' && base === undefined && href !== undefined && URL.canParse(href, url))
      base = new URL(href, url).href
    else if (isModulePreload(node)) load(href ?? '', here)
    else if (node.tagName === 'script' && src !== undefined) load(src, here)
    else if (node.tagName === 'script')
      inline.push({ text: textOf(node), isModule: type?.toLowerCase() === 'module', base: here })
  }
  return { loads, inline }
}
