import { pageBuildId, type PageBuild } from '@assay/protocol'
import { integrityId, readPageBlocks } from './page-blocks.ts'
import { WebBuildError } from './web-build-error.ts'

const opening = `<script type="application/json" id="${pageBuildId}">`
const mapOpening = `<script type="importmap" id="${integrityId}">`

/** Digests of modules by URL, as in import maps. */
export type Integrity = Readonly<Record<string, string>>

/**
 * @param name of the page, for errors
 * @throws WebBuildError `WEB_BLOCK_TWICE` or `WEB_BLOCK_HIDDEN`
 */
export function withoutBlock(name: string, page: string): string {
  const { written } = readPageBlocks(name, page)
  return written.toReversed().reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), page)
}

/**
 * `page`, which has none yet, with a data block that names its build. It comes before the first script and before what
 * loads one, so that every script finds it and the import map holds for every module. A file without a script or a
 * document (a template, a fragment) stays as it is.
 *
 * @throws WebBuildError `WEB_OWN_IMPORT_MAP`
 */
export function withBlock(name: string, page: string, build: PageBuild, integrity?: Integrity): string {
  const map = integrity && `${mapOpening}${toText({ integrity })}</script>\n`
  const written = `${opening}${toText(build)}</script>\n${map ?? ''}`
  const { place, hasOwnMap } = readPageBlocks(name, page)
  if (integrity !== undefined && hasOwnMap)
    throw new WebBuildError(
      'WEB_OWN_IMPORT_MAP',
      `${name} has an import map of its own, beside which the one that pins what pages load later does not hold`,
    )
  const at = place ?? endOfHead(page)
  return at === undefined ? page : page.slice(0, at) + written + page.slice(at)
}

/** The block must not contain `</script`, the start of a comment, or an XHTML character reference. */
function toText(data: object): string {
  return JSON.stringify(data).replace(/[<&]/g, escaped)
}

const escaped = (character: string) => (character === '<' ? '\\u003c' : '\\u0026')

/** Of a page without scripts; what stands in a comment or a title ends no head. */
function endOfHead(page: string): number | undefined {
  const found = page.matchAll(
    /<!--[\s\S]*?(?:-->|$)|<(title|style)\b[\s\S]*?(?:<\/\1|$)|(<\/head\s*>|<body\b|<\/html\s*>)/gi,
  )
  return [...found].find(([, , end]) => end !== undefined)?.index
}
