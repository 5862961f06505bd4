import { pageBuildId, type PageBuild } from '@assay/protocol'
import { firstScript } from './first-script.ts'

const opening = `<script type="application/json" id="${pageBuildId}">`
const mapOpening = `<script type="importmap" id="assay-integrity">`
const block = new RegExp(`(?:${opening}|${mapOpening})[^<]*</script>\\n?`, 'g')

/** Digests of modules by URL, as in import maps. */
export type Integrity = Readonly<Record<string, string>>

export function withoutBlock(page: string): string {
  return page.replace(block, '')
}

/**
 * `page` with a data block that names its build. It comes before the first script, so that every script finds it. A
 * file without a script or a document (a template, a fragment) stays as it is.
 */
export function withBlock(page: string, build: PageBuild, integrity?: Integrity): string {
  const map = integrity && `${mapOpening}${toText({ integrity })}</script>\n`
  const written = `${opening}${toText(build)}</script>\n${map ?? ''}`
  const at = firstScript(page) ?? endOfHead(page)
  return at === undefined ? page : page.slice(0, at) + written + page.slice(at)
}

/** The block must not contain `</script`, the start of a comment, or an XHTML character reference. */
function toText(data: object): string {
  return JSON.stringify(data).replace(/[<&]/g, escaped)
}

const escaped = (character: string) => (character === '<' ? '\\u003c' : '\\u0026')

function endOfHead(page: string): number | undefined {
  const found = /<\/head\s*>|<body\b|<\/html\s*>/i.exec(page)
  return found?.index
}
